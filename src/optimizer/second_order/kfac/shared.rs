//! Inverses of different layers by different processes (Ba, Grosse & Martens 2017, section 3).

use super::layer::Layer;
use crate::linalg::slice_mut;
use crate::ranks::{NumbersMut, Ranks};

/// Inverts the damped factors of every layer. Several processes share the layers, and each gets the inverses
/// of the others, so that all have the same bits. Returns `false` if a factor has no inverse.
pub(super) fn invert_shared(ranks: Option<&dyn Ranks>, layers: &mut [Layer], gamma: f64) -> bool {
    let Some(ranks) = ranks.filter(|ranks| ranks.size() > 1) else {
        return layers.iter_mut().all(|layer| layer.invert(gamma));
    };
    let owners = owners(&layers.iter().map(Layer::cost).collect::<Vec<_>>(), ranks.size());
    let own =
        layers.iter_mut().zip(&owners).map(|(layer, owner)| *owner != ranks.rank() || layer.invert(gamma));
    let mut inverted: Vec<bool> = own.collect();
    for ((layer, &owner), inverted) in layers.iter_mut().zip(&owners).zip(&mut inverted) {
        let mut word = [f64::from(u8::from(*inverted))];
        ranks.broadcast(owner, NumbersMut::F64(&mut word));
        *inverted = word != [0.0];
        let inverse = layer.inverse_mut();
        for matrix in [&mut inverse.a, &mut inverse.g] {
            ranks.broadcast(owner, NumbersMut::F64(slice_mut(matrix)));
        }
    }
    inverted.into_iter().all(|inverted| inverted)
}

/// Returns the process that inverts each layer: the most expensive layers first, each by the process that has
/// least to do.
fn owners(costs: &[f64], size: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| costs[b].total_cmp(&costs[a]));
    let (mut load, mut owners) = (vec![0.0f64; size], vec![0; costs.len()]);
    for layer in order {
        let idle = (0..size).min_by(|&a, &b| load[a].total_cmp(&load[b])).unwrap_or(0);
        owners[layer] = idle;
        load[idle] += costs[layer];
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_layers_go_to_different_processes() {
        assert_eq!(owners(&[1.0, 8.0, 2.0, 7.0], 2), [0, 0, 1, 1]);
        assert_eq!(owners(&[3.0, 1.0], 1), [0, 0]);
        assert_eq!(owners(&[1.0, 1.0, 1.0], 3), [0, 1, 2]);
    }
}
