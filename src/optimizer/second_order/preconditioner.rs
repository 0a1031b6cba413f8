//! What a method with little memory takes for the inverse Hessian before its own corrections.

use crate::error::Result;
use crate::optimizer::{Iterate, Saved};

/// A positive definite matrix M⁻¹ near the inverse Hessian, by which a gradient is multiplied: in coordinates
/// where M is the identity, the level sets are rounder.
pub trait Preconditioner<F, O: ?Sized> {
    /// Its name, which becomes a part of the optimizer's, so that a saved run is resumed by the same; empty
    /// for the identity.
    const NAME: &'static str;
    /// Whether M is the identity, so that nothing need be asked of it.
    const IDENTITY: bool = false;

    /// Forgets all, for a run that begins.
    fn start(&mut self) {}

    /// Looks at the objective before an iteration, and renews M where that is due.
    fn renew(&mut self, objective: &mut O, iterate: &Iterate<F>);

    /// Replaces `v` by M⁻¹v.
    fn apply(&self, v: &mut [F]);

    /// Writes down what [`Preconditioner::renew`] needs in a resumed run.
    fn save(&self, _saved: &mut Saved) {}

    /// Reads what [`Preconditioner::save`] wrote.
    ///
    /// # Errors
    /// If it is not there.
    fn restore(&mut self, _saved: &Saved) -> Result<()> {
        Ok(())
    }
}

/// No preconditioner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identity;

impl<F, O: ?Sized> Preconditioner<F, O> for Identity {
    const NAME: &'static str = "";
    const IDENTITY: bool = true;

    fn renew(&mut self, _objective: &mut O, _iterate: &Iterate<F>) {}

    fn apply(&self, _v: &mut [F]) {}
}
