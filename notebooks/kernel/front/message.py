"""Messages of Jupyter's protocol: what stands in their frames, and their signatures."""
import hashlib
import hmac
import json
import uuid
from datetime import datetime, timezone

import zmq

DELIMITER = b"<IDS|MSG>"
PARTS = ("header", "parent_header", "metadata", "content")


class Message:
    """A message. `identities` says who sent it, or to whom it goes; on iopub it is the topic."""

    def __init__(self, header, parent_header, metadata, content, identities=(), buffers=()):
        self.header = header
        self.parent_header = parent_header
        self.metadata = metadata
        self.content = content
        self.identities = list(identities)
        self.buffers = list(buffers)

    @property
    def type(self):
        return self.header.get("msg_type", "")

    @property
    def id(self):
        return self.header.get("msg_id", "")

    @property
    def parent(self):
        return self.parent_header.get("msg_id", "")

    def child(self, kind, content):
        """Returns a message that this one caused."""
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "username": "kernel",
            "session": self.header.get("session", ""),
            "date": datetime.now(timezone.utc).isoformat(),
            "version": "5.3",
        }
        return Message(header, self.header, {}, content)

    def reply(self, content):
        """Returns the answer to this request, addressed to whoever asked."""
        answer = self.child(self.type.replace("_request", "_reply"), content)
        answer.identities = self.identities
        return answer


class Signer:
    """Encodes and decodes messages that are signed with the key of a connection file."""

    def __init__(self, key):
        self.key = key.encode()

    def sign(self, parts):
        if not self.key:
            return b""
        return hmac.new(self.key, b"".join(parts), hashlib.sha256).hexdigest().encode()

    def encode(self, message):
        parts = [json.dumps(getattr(message, name)).encode() for name in PARTS]
        return [*message.identities, DELIMITER, self.sign(parts), *parts, *message.buffers]

    def receive(self, socket):
        """Returns the next message of a socket, or None if there is none yet."""
        while True:
            try:
                frames = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return None
            if message := self.decode(frames):
                return message

    def decode(self, frames):
        """Returns the message, or None if it is not one, or if its signature is wrong."""
        if DELIMITER not in frames:
            return None
        at = frames.index(DELIMITER)
        signature, parts, buffers = frames[at + 1], frames[at + 2 : at + 6], frames[at + 6 :]
        if len(parts) != len(PARTS) or not hmac.compare_digest(signature, self.sign(parts)):
            return None
        try:
            return Message(*map(json.loads, parts), identities=frames[:at], buffers=buffers)
        except ValueError:
            return None
