//! Finds the mutants that a compiler's message is about.
use serde_json::Value;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, Lit, Pat, Stmt};

/// First and last line and column of a message, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    start: (usize, usize),
    end: (usize, usize),
}

impl Place {
    /// Reads the place from a span of a message of the compiler.
    pub fn read(span: &Value) -> Option<Place> {
        let number = |name: &str| span[name].as_u64().map(|n| n as usize);
        Some(Place {
            start: (number("line_start")?, number("column_start")?),
            end: (number("line_end")?, number("column_end")?),
        })
    }

    fn within(self, node: &impl Spanned) -> bool {
        let (start, end) = (node.span().start(), node.span().end());
        (start.line, start.column + 1) <= self.start && self.end <= (end.line, end.column + 1)
    }
}

/// Returns the numbers of the mutants at a place of a rewritten file: the one of the branch that contains it,
/// or else all of the innermost expression with switches.
pub fn blame(text: &str, place: Place) -> syn::Result<Vec<u32>> {
    let mut finder = Finder { place, found: Vec::new() };
    finder.visit_file(&syn::parse_file(text)?);
    Ok(finder.found)
}

struct Finder {
    place: Place,
    found: Vec<u32>,
}

impl Finder {
    fn narrow(&mut self, literal: &Lit) {
        if let Some(id) = number(literal) {
            self.found = vec![id];
        }
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_expr_match(&mut self, expr: &'a syn::ExprMatch) {
        if self.place.within(expr) {
            let ids = switches(expr);
            if !ids.is_empty() {
                self.found = ids;
            }
            visit::visit_expr_match(self, expr);
        }
    }

    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        if self.place.within(arm) {
            if let Pat::Lit(literal) = &arm.pat {
                self.narrow(&literal.lit);
            }
            visit::visit_arm(self, arm);
        }
    }

    /// What the recording compares: `(17, a <= b)`.
    fn visit_expr_tuple(&mut self, tuple: &'a syn::ExprTuple) {
        if self.place.within(tuple) {
            if let Some(Expr::Lit(literal)) = tuple.elems.first() {
                self.narrow(&literal.lit);
            }
            visit::visit_expr_tuple(self, tuple);
        }
    }
}

/// Only the rewriter writes numbers of the type u32 with a suffix in such places.
fn number(literal: &Lit) -> Option<u32> {
    match literal {
        Lit::Int(number) if number.suffix() == "u32" => number.base10_parse().ok(),
        _ => None,
    }
}

/// Returns the mutants of `match crate::__mutant::at(&[17, 18]) { … }`, also if a match with its operands is
/// around it, or those whose switch is the guard of an arm.
fn switches(expr: &syn::ExprMatch) -> Vec<u32> {
    let own = ids_of_call(&expr.expr);
    if !own.is_empty() {
        return own;
    }
    if let [only] = &expr.arms[..]
        && let Some(inner) = inner_match(&only.body)
    {
        return switches(inner);
    }
    let guards = expr.arms.iter().filter_map(|arm| arm.guard.as_ref());
    guards.flat_map(|(_, guard)| ids_of_call(guard)).collect()
}

/// Returns 17 and 18 for `crate::__mutant::at(&[17, 18])`, also if it is compared with something.
fn ids_of_call(expr: &Expr) -> Vec<u32> {
    let call = match expr {
        Expr::Binary(binary) => &*binary.left,
        other => other,
    };
    if let Expr::Call(call) = call
        && let Expr::Path(path) = &*call.func
        && path.path.segments.iter().any(|segment| segment.ident == "__mutant")
        && let Some(Expr::Reference(reference)) = call.args.first()
        && let Expr::Array(array) = &*reference.expr
    {
        let literal = |id| if let &Expr::Lit(ref id) = id { number(&id.lit) } else { None };
        return array.elems.iter().filter_map(literal).collect();
    }
    Vec::new()
}

fn inner_match(body: &Expr) -> Option<&syn::ExprMatch> {
    match body {
        Expr::Match(inner) => Some(inner),
        Expr::Block(block) => match &block.block.stmts[..] {
            [Stmt::Expr(only, None)] => inner_match(only),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
