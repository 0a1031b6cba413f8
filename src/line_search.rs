//! Line searches: how far to go along a direction.
//!
//! For a direction d that descends from x, let φ(α) = f(x + α·d). A line search looks for a step length α
//! that satisfies some of these conditions:
//!
//! - sufficient decrease (Armijo): φ(α) ≤ φ(0) + c₁·α·φ′(0);
//! - curvature, strong form: |φ′(α)| ≤ c₂·|φ′(0)|. Together with the first these are the strong Wolfe
//!   conditions;
//! - approximate Wolfe (Hager & Zhang 2005): (2c₁ − 1)·φ′(0) ≥ φ′(α) ≥ c₂·φ′(0) and φ(α) ≤ φ(0) + ε·|φ(0)|.
//!   These compare slopes and can be decided near a minimum, where differences of values are lost in
//!   rounding.
//!
//! If a value or slope is not finite, the step was too long, and the search tries a shorter one.

mod any;
mod backtracking;
mod checks;
mod exact;
mod hager_zhang;
mod more_thuente;
mod ray;
#[cfg(test)]
mod tests;

pub use any::LineSearch;
pub use backtracking::Backtracking;
pub use exact::Exact;
pub use hager_zhang::HagerZhang;
pub use more_thuente::MoreThuente;
pub use ray::{Ray, Search};
