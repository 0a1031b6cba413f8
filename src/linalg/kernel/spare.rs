//! Memory that a product needs besides its result.

use super::lanes::Lanes;
use crate::real::Real;
use std::cell::Cell;

/// A float type with tiles, and with memory for a second half of scores, or for copies of blocks.
pub trait Spare: Real + Lanes {
    /// Runs `work` with `len` numbers of any value. Their memory belongs to the thread, and is allocated the
    /// first time.
    fn with_spare<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R;
}

macro_rules! spare {
    ($real:ty) => {
        impl Spare for $real {
            fn with_spare<R>(len: usize, work: impl FnOnce(&mut [Self]) -> R) -> R {
                thread_local! {
                    static SPARE: Cell<Vec<$real>> = const { Cell::new(Vec::new()) };
                }
                let mut spare = SPARE.take();
                if spare.len() < len {
                    spare.resize(len, 0.0);
                }
                let outcome = work(&mut spare[..len]);
                SPARE.set(spare);
                outcome
            }
        }
    };
}
spare!(f32);
spare!(f64);
