//! One check of the doctor.

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    pub what: String,
    pub state: State,
    /// What was found, or what is wrong with it.
    pub found: String,
    /// The command that repairs it; empty if nothing needs repair.
    pub mend: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ready,
    /// Missing, but only needed by some commands.
    Optional,
    Missing,
}

impl Check {
    /// Makes the result of a check that succeeded.
    pub fn ready(what: impl Into<String>, found: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Ready, found: found.into(), mend: String::new() }
    }

    /// Makes the result of a check that failed.
    pub fn missing(what: impl Into<String>, why: impl Into<String>, mend: impl Into<String>) -> Self {
        Check { what: what.into(), state: State::Missing, found: why.into(), mend: mend.into() }
    }

    /// Makes the result of a check from its outcome.
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
