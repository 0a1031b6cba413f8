//! The live figures against numbers that notebooks print, and at the ends of their knobs.

use super::catalogue::ALL;
use super::shown::Shown;
use gradus::figure::Layer;

fn shown(id: &str, knobs: &[f64]) -> Shown {
    let live = ALL.iter().find(|live| live.id == id).unwrap();
    (live.show)(knobs).unwrap()
}

/// The line or path of that label in a panel.
fn series(shown: &Shown, panel: usize, label: &str) -> Vec<[f64; 2]> {
    let found = shown.figure.panels[panel].layers.iter().find_map(|layer| match layer {
        Layer::Line { label: name, x, y, .. } | Layer::Path { label: name, x, y, .. } if name == label => {
            Some(x.iter().zip(y).map(|(&x, &y)| [x, y]).collect())
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no series {label:?}"))
}

fn near(point: [f64; 2], expected: [f64; 2], tolerance: f64) {
    assert!(
        point.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= tolerance),
        "{point:?} is not {expected:?}"
    );
}

#[test]
fn paths_end_where_the_notebooks_print() {
    let parabola = shown("04-parabola", &[0.2]);
    near(series(&parabola, 0, "gradient descent")[10], [0.060466, 0.003656], 1e-6);
    let ravine = shown("06-ravine", &[0.45]);
    near(series(&ravine, 0, "lr = .45")[8], [-2.351, -0.336], 1e-3);
    let momentum = shown("07-ravine", &[0.6, 0.5]);
    near(series(&momentum, 0, "momentum, ρ = 0.5")[20], [0.007188, 0.002553], 1e-6);
    let nesterov = shown("08-ravine", &[0.1, 0.8]);
    near(series(&nesterov, 0, "Nesterov")[20], [-0.369188, -0.000085], 1e-6);
    let scaled = shown("09-ravine", &[0.4, 0.9]);
    near(series(&scaled, 0, "AdaGrad, lr .4")[20], [-2.382563, -0.158591], 1e-5);
    near(series(&scaled, 0, "RMSProp, lr .4")[20], [-0.010598, 0.0], 1e-5);
    let adam = shown("10-steps", &[0.9, 0.999]);
    near(series(&adam, 0, "without correction")[0], [1.0, 3.162], 1e-3);
    near(series(&adam, 0, "with correction")[0], [1.0, 1.0], 1e-6);
}

#[test]
fn what_notebooks_print_is_said() {
    let cases: [(&str, &[f64], &str); 6] = [
        ("05-angles", &[32.0], "45°, 41°, 45°, 36°, 41° off."),
        ("06-saddle", &[1e-6, 0.1], "It is 0.1 away after 121 steps; theory: 120.8."),
        ("07-escapes", &[0.9], "ends at x = 1.599: the deep minimum."),
        ("09-rmsprop", &[0.99, 0.1], "10.000 learning rates long; 1/√(1 − γ) = 10.000."),
        ("10-steps", &[0.9, 0.999], "The longest is step 12: 6.569 learning rates."),
        ("12-himmelblau", &[-0.6, 2.9], "smallest eigenvalue −31.71."),
    ];
    for (id, knobs, sentence) in cases {
        let notes = shown(id, knobs).notes.join(" ");
        assert!(notes.contains(sentence), "{id}: {sentence:?} is not in {notes:?}");
    }
}

#[test]
fn noise_vanishes_with_the_batch() {
    let far = |batch: f64| {
        let shown = shown("06-noise", &[0.15, batch]);
        let (clear, noisy) = (series(&shown, 0, "the true gradient"), series(&shown, 0, "a noisy gradient"));
        clear.iter().zip(&noisy).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).fold(0.0, f64::max)
    };
    assert!(far(1.0) > 0.3 && far(1e6) < 2e-3 * far(1.0), "{} and {}", far(1.0), far(1e6));
}

#[test]
fn a_diverging_run_is_said_with_its_step() {
    let notes = shown("07-ravine", &[0.9, 0.0]).notes;
    assert!(notes.iter().all(|note| note.contains("diverged: from step 1 on")), "{notes:?}");
    let notes = shown("04-bowl", &[0.501, 20.0]).notes;
    assert!(notes[0].contains("moves away") || notes[0].contains("f ="), "{notes:?}");
    assert!(!shown("04-bowl", &[0.4, 20.0]).notes[0].contains("diverged"));
}

/// What is typed may lie beyond the sliders: the library refuses in a sentence, or there is a figure.
#[test]
fn no_position_of_a_knob_stops_the_page() {
    let hard = [-1e300, -1.0, 0.0, 1e-300, 1e-9, 0.5, 0.999999, 1.0, 2.0, 7.0, 1438.0, 1e9, 1e300];
    for live in ALL {
        for first in hard {
            for rest in [0.0, 0.5, 1e300] {
                let mut knobs = vec![rest; live.knobs];
                knobs[0] = first;
                let words: Vec<String> = knobs.iter().map(f64::to_string).collect();
                match super::answer(&format!("draw {} {}", live.id, words.join(" "))) {
                    Ok(drawn) => assert!(!drawn.contains("NaN") && drawn.contains("<svg"), "{}", live.id),
                    Err(sentence) => assert!(!sentence.is_empty()),
                }
            }
        }
    }
}
