//! The methods that a wrapper leaves to the rule inside, its field `rule`.

/// Writes the methods of `RuleInfo` in which no wrapper differs from its rule.
macro_rules! info_of_inner_rule {
    () => {
        fn name(&self) -> &'static str {
            self.rule.name()
        }

        fn properties(&self) -> $crate::optimizer::Properties {
            self.rule.properties()
        }

        fn by_layers(&self) -> bool {
            self.rule.by_layers()
        }

        fn room(&self, part: &$crate::objective::Part) -> $crate::optimizer::first_order::Room {
            self.rule.room(part)
        }

        fn check_layout(&self, layout: Option<&$crate::objective::ParamLayout>) -> $crate::error::Result<()> {
            self.rule.check_layout(layout)
        }

        fn needs_products(&self) -> bool {
            self.rule.needs_products()
        }

        fn set_seed(&mut self, seed: u64) {
            self.rule.set_seed(seed);
        }

        fn settings_mut(&mut self) -> Vec<$crate::optimizer::first_order::NamedSetting<'_>> {
            self.rule.settings_mut()
        }

        fn named_numbers(&self) -> Vec<(&'static str, f64)> {
            self.rule.named_numbers()
        }

        fn may_divide_by_zero(&self) -> bool {
            self.rule.may_divide_by_zero()
        }
    };
}

/// Writes the methods of `UpdateRule<F>` in which no wrapper differs from its rule.
macro_rules! parts_of_inner_rule {
    () => {
        fn probe(&self, state: &State<F>, lr: F, x: &[F], point: &mut [F]) -> bool {
            self.rule.probe(state, lr, x, point)
        }

        fn prepare_part(&self, part: &mut $crate::optimizer::first_order::PartState<F>, grad: &[F]) {
            self.rule.prepare_part(part, grad);
        }

        fn step_part(
            &self,
            part: &mut $crate::optimizer::first_order::PartState<F>,
            lr: F,
            grad: &[F],
            x: &mut [F],
        ) {
            self.rule.step_part(part, lr, grad, x);
        }

        fn direction(&self, state: &State<F>, v: &mut [F]) -> bool {
            self.rule.direction(state, v)
        }

        fn learn_curvature(&self, state: &mut State<F>, v: &[F], product: &[F]) {
            self.rule.learn_curvature(state, v, product);
        }
    };
}

pub(super) use {info_of_inner_rule, parts_of_inner_rule};
