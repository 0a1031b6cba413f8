//! One thing that the doctor looks at.

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub what: String,
    pub state: State,
    /// What was found, or why it will not do.
    pub found: String,
    /// The command that mends it; empty where nothing needs mending.
    pub mend: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ready,
    /// Not there, and nothing needs it until it is asked for.
    Optional,
    Missing,
}

impl Check {
    /// It is there.
    pub fn ready(what: impl Into<String>, found: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Ready, found: found.into(), mend: String::new() }
    }

    /// It is missing, or not as it should be.
    pub fn missing(what: impl Into<String>, why: impl Into<String>, mend: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Missing, found: why.into(), mend: mend.into() }
    }

    /// Ready with what was found, or else missing for a reason.
    pub fn of(what: impl Into<String>, outcome: Result<String, String>, mend: &str) -> Self {
        match outcome {
            Ok(found) => Check::ready(what, found),
            Err(why) => Check::missing(what, why, mend),
        }
    }

    pub fn optional(self) -> Self {
        let state = if self.state == State::Missing { State::Optional } else { self.state };
        Check { state, ..self }
    }
}
