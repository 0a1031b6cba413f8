//! Puts a switch into the source for each mutant.
use quote::{ToTokens, quote};
use serde_json::Value;
use std::collections::HashMap;
use syn::punctuated::Pair;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BinOp, Block, Expr, ExprMatch, ExprStruct, FieldValue, Member, Pat, ReturnType, Signature, UnOp,
    parse_quote, parse_str,
};

/// One mutant of cargo-mutants' list.
#[derive(Debug, Clone)]
pub struct Mutant {
    id: u32,
    genre: Genre,
    place: Place,
    replacement: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

/// First and last line and column, from 1, of what a mutant replaces.
type Place = [usize; 4];

impl Mutant {
    /// Reads an entry of the list; returns `None` if it is of no known kind.
    pub fn read(id: u32, entry: &Value) -> Option<Mutant> {
        let number = |end: &str, name: &str| entry["span"][end][name].as_u64().map(|n| n as usize);
        let genre = match entry["genre"].as_str()? {
            "FnValue" => Genre::FnValue,
            "BinaryOperator" => Genre::BinaryOperator,
            "UnaryOperator" => Genre::UnaryOperator,
            "MatchArm" => Genre::MatchArm,
            "MatchArmGuard" => Genre::MatchArmGuard,
            "StructField" => Genre::StructField,
            _ => return None,
        };
        let place = [
            number("start", "line")?,
            number("start", "column")?,
            number("end", "line")?,
            number("end", "column")?,
        ];
        Some(Mutant { id, genre, place, replacement: entry["replacement"].as_str()?.to_owned() })
    }
}

/// Returns the source with a switch for each mutant, and the numbers of those that cannot have one.
pub fn rewrite(source: &str, mutants: Vec<Mutant>) -> syn::Result<(String, Vec<u32>)> {
    let mut file = syn::parse_file(source)?;
    let mut rewriter = Rewriter::default();
    for mutant in mutants {
        rewriter.places.entry((mutant.genre, mutant.place)).or_default().push(mutant);
    }
    rewriter.visit_file_mut(&mut file);
    let mut without: Vec<u32> = rewriter.places.into_values().flatten().map(|mutant| mutant.id).collect();
    without.sort_unstable();
    Ok((prettyplease::unparse(&file), without))
}

fn place_of(start: proc_macro2::Span, end: proc_macro2::Span) -> Place {
    let (start, end) = (start.start(), end.end());
    [start.line, start.column + 1, end.line, end.column + 1]
}

/// Takes the mutants out of `places` one after another, and changes the syntax tree.
#[derive(Default)]
struct Rewriter {
    places: HashMap<(Genre, Place), Vec<Mutant>>,
}

impl Rewriter {
    fn take(&mut self, genre: Genre, place: Place) -> Vec<Mutant> {
        self.places.remove(&(genre, place)).unwrap_or_default()
    }

    fn take_operator(&mut self, expr: &Expr) -> Vec<Mutant> {
        match expr {
            Expr::Binary(binary) if !is_chain(expr) => {
                self.take(Genre::BinaryOperator, place_of(binary.op.span(), binary.op.span()))
            }
            Expr::Unary(unary) => self.take(Genre::UnaryOperator, place_of(unary.op.span(), unary.op.span())),
            _ => Vec::new(),
        }
    }

    /// Function bodies: the other value is returned first. A function that promises `impl Trait` returns one
    /// type only.
    fn function(
        &mut self,
        signature: &Signature,
        block: &mut Block,
        visit: impl FnOnce(&mut Self, &mut Block),
    ) {
        if signature.constness.is_some() {
            return;
        }
        let opaque = match &signature.output {
            ReturnType::Default => false,
            ReturnType::Type(_, output) => output.to_token_stream().to_string().contains("impl "),
        };
        let values = match (block.stmts.first(), block.stmts.last()) {
            (Some(first), Some(last)) if !opaque => {
                self.take(Genre::FnValue, place_of(first.span(), last.span()))
            }
            _ => Vec::new(),
        };
        visit(self, block);
        let arms = values.iter().filter_map(|mutant| {
            let (id, value) = (mutant.id, parse_str::<Expr>(&mutant.replacement).ok()?);
            Some(quote!(#id => return #value,))
        });
        let (arms, at) = (arms.collect::<Vec<_>>(), at(&values));
        if !arms.is_empty() {
            block.stmts.insert(0, parse_quote!(match #at { #(#arms)* _ => {} }));
        }
    }
}

impl Rewriter {
    /// Takes `Default::default()` out of `S { a, ..Default::default() }` if a field may be left out: it is
    /// called once.
    fn called_rest(&mut self, literal: &mut ExprStruct) -> Option<Expr> {
        let fields = &literal.fields;
        let mutated =
            fields.pairs().any(|pair| self.places.contains_key(&(Genre::StructField, place_of_field(&pair))));
        match literal.rest.as_deref() {
            Some(Expr::Call(_) | Expr::MethodCall(_)) if mutated => {
                let mut rest = *literal.rest.replace(parse_quote!(__rest))?;
                self.visit_expr_mut(&mut rest);
                Some(rest)
            }
            _ => None,
        }
    }
}

impl VisitMut for Rewriter {
    fn visit_item_fn_mut(&mut self, item: &mut syn::ItemFn) {
        self.function(&item.sig, &mut item.block, |this, block| this.visit_block_mut(block));
    }

    fn visit_impl_item_fn_mut(&mut self, item: &mut syn::ImplItemFn) {
        self.function(&item.sig, &mut item.block, |this, block| this.visit_block_mut(block));
    }

    fn visit_trait_item_fn_mut(&mut self, item: &mut syn::TraitItemFn) {
        if let Some(block) = &mut item.default {
            self.function(&item.sig, block, |this, block| this.visit_block_mut(block));
        }
    }

    // What the compiler evaluates has no switches.
    fn visit_item_const_mut(&mut self, _: &mut syn::ItemConst) {}
    fn visit_item_static_mut(&mut self, _: &mut syn::ItemStatic) {}
    fn visit_impl_item_const_mut(&mut self, _: &mut syn::ImplItemConst) {}
    fn visit_trait_item_const_mut(&mut self, _: &mut syn::TraitItemConst) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_expr_const_mut(&mut self, _: &mut syn::ExprConst) {}
    fn visit_pat_mut(&mut self, _: &mut Pat) {}
    fn visit_expr_repeat_mut(&mut self, repeat: &mut syn::ExprRepeat) {
        self.visit_expr_mut(&mut repeat.expr);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let mutants = self.take_operator(expr); // before the operands lose their places
        let rest = if let Expr::Struct(literal) = expr { self.called_rest(literal) } else { None };
        visit_mut::visit_expr_mut(self, expr);
        if let Some(rest) = rest {
            *expr = parse_quote!((match #rest { __rest => #expr }));
            return;
        }
        if mutants.is_empty() {
            return;
        }
        *expr = match &*expr {
            Expr::Unary(unary) => switched_unary(&unary.op, &unary.expr, &mutants),
            Expr::Binary(binary) => switched_binary(&binary.left, &binary.op, &binary.right, &mutants),
            _ => unreachable!("only operators are taken"),
        };
    }

    fn visit_expr_match_mut(&mut self, expr: &mut ExprMatch) {
        let taken: Vec<_> = expr
            .arms
            .iter()
            .map(|arm| self.take(Genre::MatchArm, place_of(arm.span(), arm.span())))
            .collect();
        let guards: Vec<_> = expr
            .arms
            .iter()
            .map(|arm| {
                arm.guard.as_ref().map_or_else(Vec::new, |(_, guard)| {
                    self.take(Genre::MatchArmGuard, place_of(guard.span(), guard.span()))
                })
            })
            .collect();
        visit_mut::visit_expr_match_mut(self, expr);
        for (arm, (deleted, guards)) in expr.arms.iter_mut().zip(taken.into_iter().zip(guards)) {
            if let [Mutant { id, .. }] = deleted[..] {
                let at = at(&deleted);
                arm.guard = Some((Default::default(), parse_quote!(#at != #id)));
            }
            if let (Some((_, guard)), [_, ..]) = (&mut arm.guard, &guards[..]) {
                let active = active(&guards);
                let (ids, values) = ids_and_values(&guards);
                **guard = parse_quote!((match #guard {
                    __v => match #active {
                        crate::__mutant::RECORD => crate::__mutant::differ(__v, &[#((#ids, #values)),*]),
                        #(#ids => #values,)*
                        _ => __v,
                    },
                }));
            }
        }
    }

    /// A field that is left out has the value of the structure that the others are taken from.
    fn visit_expr_struct_mut(&mut self, expr: &mut ExprStruct) {
        let taken: Vec<_> =
            expr.fields.pairs().map(|pair| self.take(Genre::StructField, place_of_field(&pair))).collect();
        visit_mut::visit_expr_struct_mut(self, expr);
        let Some(rest) = &expr.rest else { return };
        for (field, mutants) in expr.fields.iter_mut().zip(taken) {
            if let ([Mutant { id, .. }], Member::Named(name)) = (&mutants[..], &field.member) {
                let (value, at) = (&field.expr, at(&mutants));
                field.expr = parse_quote!(match #at { #id => (#rest).#name, _ => #value });
                field.colon_token = Some(Default::default());
            }
        }
    }
}

fn place_of_field(pair: &Pair<&FieldValue, &syn::Token![,]>) -> Place {
    match pair {
        Pair::Punctuated(field, comma) => place_of(field.span(), comma.span()),
        Pair::End(field) => place_of(field.span(), field.span()),
    }
}

/// `a && let …` is no operator on two values, and has no `||`.
fn is_chain(expr: &Expr) -> bool {
    match expr {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
            is_chain(&binary.left) || is_chain(&binary.right)
        }
        _ => false,
    }
}

fn at(mutants: &[Mutant]) -> Expr {
    let ids = mutants.iter().map(|mutant| mutant.id);
    parse_quote!(crate::__mutant::at(&[#(#ids),*]))
}

fn active(mutants: &[Mutant]) -> Expr {
    let ids = mutants.iter().map(|mutant| mutant.id);
    parse_quote!(crate::__mutant::active(&[#(#ids),*]))
}

fn ids_and_values(mutants: &[Mutant]) -> (Vec<u32>, Vec<Expr>) {
    mutants
        .iter()
        .filter_map(|mutant| Some((mutant.id, parse_str::<Expr>(&mutant.replacement).ok()?)))
        .unzip()
}

fn switched_unary(op: &UnOp, operand: &Expr, mutants: &[Mutant]) -> Expr {
    let (at, ids) = (at(mutants), mutants.iter().map(|mutant| mutant.id));
    parse_quote!((match #operand {
        __v => match #at {
            #(#ids => __v,)*
            _ => #op __v,
        },
    }))
}

fn switched_binary(left: &Expr, op: &BinOp, right: &Expr, mutants: &[Mutant]) -> Expr {
    let (at, id) = (at(mutants), mutants[0].id);
    let ids: Vec<u32> = mutants.iter().map(|mutant| mutant.id).collect();
    let others: Vec<BinOp> =
        mutants.iter().map(|mutant| parse_str(&mutant.replacement).expect("an operator")).collect();
    match op {
        // `a && b` is `if a { b } else { false }`, and `a || b` is `if !a { b } else { true }`.
        BinOp::And(_) => {
            parse_quote!((match #at == #id { __m => if (#left) != __m { #right } else { __m } }))
        }
        BinOp::Or(_) => parse_quote!((match #at != #id { __m => if (#left) != __m { #right } else { __m } })),
        BinOp::Eq(_) | BinOp::Ne(_) | BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => {
            let active = active(mutants);
            parse_quote!((match (&(#left), &(#right)) {
                (__l, __r) => match #active {
                    crate::__mutant::RECORD => {
                        crate::__mutant::differ(*__l #op *__r, &[#((#ids, *__l #others *__r)),*])
                    }
                    #(#ids => *__l #others *__r,)*
                    _ => *__l #op *__r,
                },
            }))
        }
        _ if is_assignment(op) => parse_quote!((match #right {
            __r => match #at {
                #(#ids => #left #others __r,)*
                _ => #left #op __r,
            },
        })),
        _ => parse_quote!((match (#left, #right) {
            (__l, __r) => match #at {
                #(#ids => __l #others __r,)*
                _ => __l #op __r,
            },
        })),
    }
}

fn is_assignment(op: &BinOp) -> bool {
    op.to_token_stream().to_string().ends_with('=')
}

#[cfg(test)]
mod tests;
