use super::*;

/// The learning rates of torch.optim.lr_scheduler at peak 1, steps 0, 1, 2, …: see
/// `scripts/fixtures/schedules.py`.
const RECORDED: &str = include_str!("../../tests/fixtures/schedules/torch.csv");

fn recorded(name: &str) -> Vec<f64> {
    let line =
        RECORDED.lines().find_map(|line| line.strip_prefix(&format!("{name},"))).expect("it is recorded");
    line.split(',').map(|number| number.parse().unwrap()).collect()
}

#[test]
fn each_schedule_is_torchs() {
    let step = Schedule::Step { every: 7, factor: 0.3 };
    let cosine = Schedule::Cosine { total: 30 };
    let cases = [
        ("step", step),
        ("exponential", Schedule::Exponential { every: 1, factor: 0.93 }),
        ("inverse", Schedule::InverseTime { every: 5 }),
        ("cosine", cosine),
        ("restarts-1", Schedule::CosineRestarts { period: 8, growth: 1 }),
        ("restarts-2", Schedule::CosineRestarts { period: 4, growth: 2 }),
        ("onecycle", Schedule::OneCycle { total: 40, peak: 12 }),
        ("warmup", Schedule::Constant.after_warmup(10, 0.1)),
        ("warmup-cosine", cosine.after_warmup(10, 0.1)),
        ("warmup-step", step.after_warmup(5, 0.25)),
    ];
    assert_eq!(RECORDED.lines().count(), cases.len());
    for (name, schedule) in cases {
        let expected = recorded(name);
        assert!(expected.len() >= 30, "{name}");
        for (k, expected) in expected.iter().enumerate() {
            let got = schedule.at(k);
            // torch computes some of them by recurrence, which rounds at each step.
            assert!((got - expected).abs() <= 1e-13, "{name} at {k}: {got} is not {expected}");
        }
    }
}

#[test]
fn beyond_its_end_each_is_what_its_documentation_says() {
    assert_eq!([10, 11, 1000, usize::MAX].map(|k| Schedule::Cosine { total: 10 }.at(k)), [0.0; 4]);
    let cycle = Schedule::OneCycle { total: 10, peak: 3 };
    assert_eq!([9, 10, 1000, usize::MAX].map(|k| cycle.at(k)), [1.0 / 250_000.0; 4]);
    assert_eq!(Schedule::Cosine { total: 10 }.after_warmup(5, 0.0).at(15), 0.0);
    assert_eq!(Schedule::Step { every: 1, factor: 0.5 }.at(usize::MAX), 0.0);
    assert_eq!(Schedule::CosineRestarts { period: 3, growth: 1 }.at(3_000_000), 1.0);
    assert!(Schedule::CosineRestarts { period: 3, growth: 2 }.at(usize::MAX) <= 1.0);
}

#[test]
fn numbers_out_of_range_are_refused_and_never_a_panic() {
    let wrong = [
        Schedule::Step { every: 0, factor: 0.1 },
        Schedule::Step { every: 1, factor: f64::NAN },
        Schedule::Exponential { every: 1, factor: 0.0 },
        Schedule::InverseTime { every: 0 },
        Schedule::Cosine { total: 0 },
        Schedule::CosineRestarts { period: 0, growth: 1 },
        Schedule::CosineRestarts { period: 1, growth: 0 },
        Schedule::OneCycle { total: 5, peak: 5 },
        Schedule::OneCycle { total: 5, peak: 0 },
        Schedule::Constant.after_warmup(3, -0.1),
        Schedule::Cosine { total: 0 }.after_warmup(3, 0.1),
    ];
    for schedule in wrong {
        assert!(schedule.validate().unwrap_err().to_string().contains("must be"), "{schedule:?}");
        let _: f64 = (0..20).map(|k| schedule.at(k)).sum();
    }
}

#[test]
fn the_same_schedule_after_a_warm_up_is_kept_once() {
    let address = |s: Schedule| match s {
        Schedule::Warmup { then, .. } => std::ptr::from_ref(then),
        _ => unreachable!(),
    };
    let cosine = Schedule::Cosine { total: 12_345 };
    assert_eq!(address(cosine.after_warmup(1, 0.0)), address(cosine.after_warmup(2, 0.0)));
}
