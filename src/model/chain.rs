//! A network whose features are the outputs of other layers.

use super::initialization::Initialization;
use super::mlp::{Below, Mlp};
use super::traits::Model;
use crate::error::Result;
use crate::linalg::{DesignMatrix, Rows};
use crate::objective::ParamLayout;
use crate::real::Real;
use crate::rng::Stream;
use ndarray::Array1;
use std::borrow::Cow;

/// A named part of the parameters: its name, its numbers of rows and columns, and whether it is regularized.
pub type NamedPart = (Cow<'static, str>, (usize, usize), bool);

/// The layers below the network. Its passes are those of [`Model`]; outputs and errors are B × outputs.
pub trait Front<F: Real>: Send + Sync {
    /// Returns the text of the whole model on the command line. `net` is the network above.
    fn name(&self, net: &Mlp) -> String;

    /// Returns the parts of the parameters.
    fn parts(&self) -> Vec<NamedPart>;

    /// Returns the number of parameters, without a look at their names: every pass asks for it.
    fn parameters(&self) -> usize;

    /// Returns the number of features of an example.
    fn features(&self) -> usize;

    /// Returns the number of outputs.
    fn outputs(&self) -> usize;

    /// Checks that the layers can take features: see [`Model::check_features`].
    ///
    /// # Errors
    /// If they cannot.
    fn check_features(&self, _features: &DesignMatrix<F>) -> Result<()> {
        Ok(())
    }

    /// Returns the length of the scratch memory for a block of `rows` examples.
    fn scratch_len(&self, rows: usize) -> usize;

    /// Overwrites `outputs`, and fills `scratch` for the other passes.
    fn forward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], outputs: &mut [F]);

    /// Adds to `grad` the gradient for the errors of the outputs.
    fn backward(
        &self,
        params: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        outputs: &[F],
        errors: &[F],
        grad: &mut [F],
    );

    /// Returns the length of the additional memory for directional derivatives.
    fn tangent_len(&self, rows: usize) -> usize;

    /// Overwrites `tangents` with the derivatives of the outputs along `direction`.
    #[expect(clippy::too_many_arguments, reason = "each input of the pass comes with its derivative")]
    fn forward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        outputs: &[F],
        tangents: &mut [F],
    );

    /// Adds to `product` the derivative along `direction` of the gradient.
    #[expect(clippy::too_many_arguments, reason = "each input of the gradient comes with its derivative")]
    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        of_outputs: Errors<F>,
        product: &mut [F],
    );

    /// Draws initial parameters. `initialization` is that of the whole model, if one is set.
    fn draw(&self, initialization: Option<Initialization>, stream: &mut Stream, params: &mut [F]);
}

/// The outputs and their errors, each with its derivative.
pub struct Errors<'a, F> {
    pub outputs: &'a [F],
    pub tangents: &'a [F],
    pub errors: &'a [F],
    pub errors_tangent: &'a [F],
}

/// A model of two parts: layers of another kind, and above them a fully connected network ([`Mlp`]) whose
/// features are their outputs. It is a [`ConvNet`](super::ConvNet) or an [`Ngram`](super::Ngram). The
/// parameters of the lower part come first.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain<P> {
    pub(super) front: P,
    pub(super) net: Mlp,
    pub(super) initialization: Option<Initialization>,
}

impl<P> Chain<P> {
    /// Sets the distribution of the initial weights of all layers.
    #[must_use]
    pub fn initialization(self, initialization: Initialization) -> Self {
        let net = self.net.initialization(initialization);
        Chain { net, initialization: Some(initialization), ..self }
    }

    /// Sets the distribution of the initial weights, if one is given.
    pub(super) fn starting(self, initialization: Option<Initialization>) -> Self {
        match initialization {
            Some(initialization) => self.initialization(initialization),
            None => self,
        }
    }

    /// Splits the scratch memory into that of the layers below, their outputs, the errors of these, and that
    /// of the network.
    fn cut<'a, F: Real>(&self, rows: usize, scratch: &'a mut [F]) -> [&'a mut [F]; 4]
    where
        P: Front<F>,
    {
        self.split(self.front.scratch_len(rows), rows, scratch)
    }

    /// Splits the memory for derivatives in the same way.
    fn cut_tangent<'a, F: Real>(&self, rows: usize, tangent: &'a mut [F]) -> [&'a mut [F]; 4]
    where
        P: Front<F>,
    {
        self.split(self.front.tangent_len(rows), rows, tangent)
    }

    fn split<'a, F: Real>(&self, below: usize, rows: usize, memory: &'a mut [F]) -> [&'a mut [F]; 4]
    where
        P: Front<F>,
    {
        let len = rows * self.front.outputs();
        let (below, rest) = memory.split_at_mut(below);
        let (outputs, rest) = rest.split_at_mut(len);
        let (errors, net) = rest.split_at_mut(len);
        [below, outputs, errors, net]
    }
}

impl<F: Real, P: Front<F>> Model<F> for Chain<P> {
    fn name(&self) -> String {
        self.front.name(&self.net)
    }

    fn layout(&self) -> ParamLayout {
        let of_net = Model::<F>::layout(&self.net);
        let of_net = of_net.parts().iter().map(|part| (part.name.clone(), part.shape, part.regularized));
        ParamLayout::new(self.front.parts().into_iter().chain(of_net))
    }

    fn features(&self) -> usize {
        self.front.features()
    }

    fn classes(&self) -> usize {
        Model::<F>::classes(&self.net)
    }

    fn check_features(&self, features: &DesignMatrix<F>) -> Result<()> {
        self.front.check_features(features)
    }

    fn scratch_len(&self, rows: usize) -> usize {
        let of_net = Model::<F>::scratch_len(&self.net, rows);
        self.front.scratch_len(rows) + 2 * rows * self.front.outputs() + of_net
    }

    fn scores(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], scores: &mut [F]) {
        let (of_front, of_net) = params.split_at(self.front.parameters());
        let [below, outputs, _, scratch] = self.cut(rows.len(), scratch);
        self.front.forward(of_front, rows, below, outputs);
        self.net.scores(of_net, Rows::all(outputs, self.front.outputs()), scratch, scores);
    }

    fn backward(&self, params: &[F], rows: Rows<F>, scratch: &mut [F], errors: &[F], grad: &mut [F]) {
        let below = self.front.parameters();
        let ((of_front, of_net), (grad_front, grad_net)) = (params.split_at(below), grad.split_at_mut(below));
        let [below, outputs, of_outputs, scratch] = self.cut(rows.len(), scratch);
        self.net.backward(of_net, Rows::all(outputs, self.front.outputs()), scratch, errors, grad_net);
        self.net.errors_of_features(of_net, rows.len(), scratch, errors, of_outputs);
        self.front.backward(of_front, rows, below, outputs, of_outputs, grad_front);
    }

    fn tangent_len(&self, rows: usize) -> usize {
        let of_net = Model::<F>::tangent_len(&self.net, rows);
        self.front.tangent_len(rows) + 2 * rows * self.front.outputs() + of_net
    }

    fn scores_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        scores_tangent: &mut [F],
    ) {
        let (below, width) = (self.front.parameters(), self.front.outputs());
        let ((of_front, of_net), (along_front, along_net)) =
            (params.split_at(below), direction.split_at(below));
        let [below, outputs, _, scratch] = self.cut(rows.len(), scratch);
        let [below_tangent, tangents, _, tangent] = self.cut_tangent(rows.len(), tangent);
        self.front.forward_tangent(of_front, along_front, rows, below, below_tangent, outputs, tangents);
        let (rows, rows_tangent) = (Rows::all(&*outputs, width), Some(Rows::all(&*tangents, width)));
        self.net.scores_tangent_above(
            of_net,
            along_net,
            rows,
            rows_tangent,
            scratch,
            tangent,
            scores_tangent,
        );
    }

    fn backward_tangent(
        &self,
        params: &[F],
        direction: &[F],
        rows: Rows<F>,
        scratch: &mut [F],
        tangent: &mut [F],
        errors: &[F],
        errors_tangent: &[F],
        product: &mut [F],
    ) {
        let (below, width) = (self.front.parameters(), self.front.outputs());
        let ((of_front, of_net), (along_front, along_net)) =
            (params.split_at(below), direction.split_at(below));
        let (product_front, product_net) = product.split_at_mut(below);
        let [below, outputs, of_outputs, scratch] = self.cut(rows.len(), scratch);
        let [below_tangent, tangents, of_tangents, tangent] = self.cut_tangent(rows.len(), tangent);
        let layers_below =
            Below { tangent: Rows::all(&*tangents, width), errors: of_outputs, errors_tangent: of_tangents };
        self.net.backward_tangent_above(
            of_net,
            along_net,
            Rows::all(&*outputs, width),
            Some(layers_below),
            scratch,
            tangent,
            errors,
            errors_tangent,
            product_net,
        );
        let of_outputs = Errors { outputs, tangents, errors: of_outputs, errors_tangent: of_tangents };
        self.front.backward_tangent(
            of_front,
            along_front,
            rows,
            below,
            below_tangent,
            of_outputs,
            product_front,
        );
    }

    fn initial(&self, stream: &mut Stream) -> Array1<F> {
        let mut params = vec![F::zero(); self.front.parameters()];
        self.front.draw(self.initialization, stream, &mut params);
        let of_net: Array1<F> = self.net.initial(stream);
        params.extend(of_net);
        params.into()
    }
}
