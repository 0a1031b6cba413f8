//! A gzip stream of one member or several, with what may follow it.

use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, Read};

/// The unpacked content of a gzip stream. Zeros after its end are ignored, as gzip does: tar and dd fill up
/// blocks with them. Anything else after the end is another member, or an error.
pub(crate) struct Gunzip<R> {
    /// `None` at the end of the stream.
    member: Option<GzDecoder<BufReader<R>>>,
}

impl<R: Read> Gunzip<R> {
    /// Unpacks a source.
    pub(crate) fn new(source: R) -> Self {
        Gunzip { member: Some(GzDecoder::new(BufReader::new(source))) }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let read = member.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let mut rest = self.member.take().map(GzDecoder::into_inner).expect("it has just been read");
            let padded = skip_zeros(&mut rest)?;
            let ended = rest.fill_buf()?.is_empty();
            if !ended && padded {
                let reason = "other bytes follow the zeros after its end";
                return Err(Error::new(ErrorKind::InvalidData, reason));
            }
            self.member = (!ended).then(|| GzDecoder::new(rest));
        }
        Ok(0)
    }
}

/// Skips zeros, and returns whether there were any.
fn skip_zeros(source: &mut impl BufRead) -> io::Result<bool> {
    let mut any = false;
    loop {
        let bytes = source.fill_buf()?;
        let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
        let (all, length) = (zeros == bytes.len(), bytes.len());
        source.consume(zeros);
        any |= zeros > 0;
        if !all || length == 0 {
            return Ok(any);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        Gunzip::new(bytes).read_to_end(&mut content).map(|_| content)
    }

    #[test]
    fn members_are_joined_and_padding_is_ignored() {
        let two = [packed(b"ab"), packed(b"c")].concat();
        for padding in [0, 1, 511, 20_000] {
            let padded = [two.clone(), vec![0; padding]].concat();
            assert_eq!(unpacked(&padded).unwrap(), b"abc", "{padding}");
        }
    }

    #[test]
    fn what_is_damaged_stays_an_error() {
        let whole = packed(b"abc");
        for cut in 1..whole.len() {
            assert!(unpacked(&whole[..cut]).is_err(), "{cut}");
        }
        assert!(unpacked(&[whole.clone(), b"x".to_vec()].concat()).is_err());
        assert!(unpacked(&[whole.clone(), vec![0; 3], b"x".to_vec()].concat()).is_err());
        assert!(unpacked(&[whole.clone(), vec![0; 3], whole].concat()).is_err());
        assert!(unpacked(&[0; 8]).is_err());
    }
}
