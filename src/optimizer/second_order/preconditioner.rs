//! Preconditioners: the matrix that L-BFGS starts from.

use crate::error::Result;
use crate::optimizer::{Iterate, Saved};

/// A positive definite matrix M⁻¹ that approximates the inverse Hessian, and multiplies gradients. In
/// coordinates in which M is the identity, the level sets are rounder.
pub trait Preconditioner<F, O: ?Sized> {
    /// The name of the preconditioner, empty for the identity. It becomes part of the optimizer's name, so
    /// that a saved run is resumed with the same preconditioner.
    const NAME: &'static str;
    /// Whether M is the identity, which saves the multiplication.
    const IDENTITY: bool = false;

    /// Forgets everything at the start of a run.
    fn start(&mut self) {}

    /// Renews M before an iteration, if it is time.
    fn renew(&mut self, objective: &mut O, iterate: &Iterate<F>);

    /// Replaces `v` by M⁻¹v.
    fn apply(&self, v: &mut [F]);

    /// Writes what [`Preconditioner::renew`] needs in a resumed run.
    fn save(&self, _saved: &mut Saved) {}

    /// Reads what [`Preconditioner::save`] wrote.
    ///
    /// # Errors
    /// If a column is missing.
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
