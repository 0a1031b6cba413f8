//! A risk whose passes several processes share.

use super::empirical_risk::{EmpiricalRisk, Piece};
use super::share::{PIECES, Share};
use crate::error::{Error, Result};
use crate::linalg::{Block, Reader, slice_mut};
use crate::loss::Loss;
use crate::model::Model;
use crate::ranks::{Alone, Ranks, add_in_order, collect};
use crate::real::Real;
use ndarray::{Array2, s};

impl<F: Real, M: Model<F>, L: Loss<F>> EmpiricalRisk<F, M, L> {
    /// Makes the risk that of all examples of a [`Share`], of which the features here are the rows that this
    /// process holds. Full passes over 4,096 examples or more are then computed by all processes together,
    /// each its own pieces, and have the same bits as in one process.
    ///
    /// # Errors
    /// If the features have not the rows of the share.
    pub fn shared(self, share: Share) -> Result<Self> {
        let (expected, got) = (vec![share.rows.len()], vec![self.all.len()]);
        if expected != got {
            return Err(Error::Shape { what: "the share of the examples", expected, got });
        }
        let pieces = match share.is_worth_sharing() {
            true => share.pieces().map(|_| Piece::new(&self.model, self.layout.len())).collect(),
            false => Vec::new(),
        };
        Ok(EmpiricalRisk { pieces, share: Some(share), ..self })
    }

    /// Returns the number of examples of all processes together.
    pub(super) fn examples_of_all(&self) -> usize {
        self.share.as_ref().map_or(self.all.len(), |share| share.terms)
    }

    /// Returns the processes that share the passes over all examples, if there are several.
    pub(super) fn sharers(&self) -> Option<&Share> {
        self.share.as_ref().filter(|share| share.ranks.size() > 1 && !self.pieces.is_empty())
    }

    /// Adds the vectors of the pieces to `total` in order, and returns the sum of their sums.
    pub(super) fn sum_of_pieces(&self, total: Option<&mut [F]>) -> f64 {
        let own = self.sharers().map_or(0..PIECES, Share::pieces);
        let ranks: &dyn Ranks = self.sharers().map_or(&Alone, |share| &*share.ranks);
        if let Some(total) = total {
            add_in_order(ranks, total, |segment, part| {
                for piece in &self.pieces {
                    part.iter_mut().zip(&piece.vector[segment.clone()]).for_each(|(t, &p)| *t += p);
                }
            });
        }
        let mut sums = [0.0; PIECES];
        sums[own.clone()].iter_mut().zip(&self.pieces).for_each(|(sum, piece)| *sum = piece.sum);
        collect(ranks, &mut sums, own);
        sums.iter().sum()
    }

    /// Returns the number of all examples, and the first of those that this process holds.
    pub(super) fn extent(&self) -> (usize, usize) {
        self.share.as_ref().map_or((self.all.len(), 0), |share| (share.terms, share.rows.start))
    }

    /// Returns the features and labels of a sample of all examples, which the processes that hold them give
    /// to all others.
    pub(super) fn gathered(&self, share: &Share, sample: &[u32]) -> (Array2<F>, Vec<u8>) {
        let (features, mut block) = (self.features.rows_of_features(), Block::default());
        let columns = features.dim().1;
        let labels = self.targets.labels();
        let mut all = Array2::zeros((sample.len(), columns + 1));
        // Each adds its rows to the zeros of the others, with the labels in the last column.
        let mut mine = all.clone();
        for (mut to, row) in mine.rows_mut().into_iter().zip(sample) {
            let Some(row) =
                (*row as usize).checked_sub(share.rows.start).filter(|&row| row < share.rows.len())
            else {
                continue;
            };
            let number = [row as u32];
            let own = features.block(&number, &[], Reader::Any, &mut block).row(0);
            to.iter_mut().zip(own).for_each(|(t, &x)| *t = x);
            to[columns] = F::of(labels.map_or(0.0, |labels| labels[row].into()));
        }
        let mine = mine.into_raw_vec_and_offset().0;
        add_in_order(&*share.ranks, slice_mut(&mut all), |segment, part| {
            part.iter_mut().zip(&mine[segment]).for_each(|(t, &m)| *t += m);
        });
        let labels = all.column(columns).iter().map(|label| label.wide() as u8).collect();
        (all.slice(s![.., ..columns]).to_owned(), labels)
    }
}
