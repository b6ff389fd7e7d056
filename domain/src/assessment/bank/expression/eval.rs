use std::cmp::Ordering;

use super::{ExpressionError, Function, Node, NodeKind, Operator, Value, Values};
use crate::quantity::Rational;

pub(super) fn value(node: &Node, values: &Values) -> Result<Value, ExpressionError> {
    match &node.kind {
        NodeKind::Number(number) => Ok(Value::Number(*number)),
        NodeKind::Name(name) => values.get(name).cloned().ok_or_else(|| {
            ExpressionError::new(
                node.column,
                format!("there is no variable `{name}`; {}", values.names_in_words()),
            )
        }),
        NodeKind::Minus(inner) => Ok(Value::Number(number(inner, values)?.negated())),
        NodeKind::Not(inner) => Ok(Value::Truth(!truth(inner, values)?)),
        NodeKind::Both(operator, left, right) => both(node, *operator, left, right, values),
        NodeKind::Call(Function::If, given) => {
            value(&given[if truth(&given[0], values)? { 1 } else { 2 }], values)
        }
        NodeKind::Call(function, given) => call(node, *function, given, values),
    }
}

pub(super) fn number(node: &Node, values: &Values) -> Result<Rational, ExpressionError> {
    match value(node, values)? {
        Value::Number(number) => Ok(number),
        Value::Truth(_) => {
            Err(ExpressionError::new(node.column, "a number is needed here, and this is a condition"))
        }
        Value::Word(word) => Err(ExpressionError::new(
            node.column,
            format!("a number is needed here, and this is the word {word:?}"),
        )),
    }
}

pub(super) fn truth(node: &Node, values: &Values) -> Result<bool, ExpressionError> {
    match value(node, values)? {
        Value::Truth(truth) => Ok(truth),
        _ => Err(ExpressionError::new(node.column, "a condition is needed here, like dose <= 20")),
    }
}

fn both(
    node: &Node,
    operator: Operator,
    left: &Node,
    right: &Node,
    values: &Values,
) -> Result<Value, ExpressionError> {
    // The right side is evaluated only when it matters: `d != 0 and n / d < 3` must not divide by zero.
    match operator {
        Operator::And => return Ok(Value::Truth(truth(left, values)? && truth(right, values)?)),
        Operator::Or => return Ok(Value::Truth(truth(left, values)? || truth(right, values)?)),
        _ => {}
    }
    let (a, b) = (number(left, values)?, number(right, values)?);
    let order = a.cmp(&b);
    let result = match operator {
        Operator::Less => return Ok(Value::Truth(order == Ordering::Less)),
        Operator::AtMost => return Ok(Value::Truth(order != Ordering::Greater)),
        Operator::More => return Ok(Value::Truth(order == Ordering::Greater)),
        Operator::AtLeast => return Ok(Value::Truth(order != Ordering::Less)),
        Operator::Same => return Ok(Value::Truth(order == Ordering::Equal)),
        // `and` and `or` are handled above.
        Operator::Different | Operator::And | Operator::Or => {
            return Ok(Value::Truth(order != Ordering::Equal));
        }
        Operator::Plus => a.plus(b),
        Operator::Minus => a.minus(b),
        Operator::Times => a.times(b),
        Operator::Over if b.is_zero() => {
            return Err(ExpressionError::new(node.column, "this divides by nought"));
        }
        Operator::Over => a.over(b),
    };
    fits(node, result)
}

fn call(node: &Node, function: Function, given: &[Node], values: &Values) -> Result<Value, ExpressionError> {
    let numbers = given.iter().map(|node| number(node, values)).collect::<Result<Vec<_>, _>>()?;
    let first = numbers[0];
    let second = numbers.get(1).copied().unwrap_or(Rational::ZERO);
    let needs_step = matches!(function, Function::RoundTo | Function::Remainder);
    if needs_step && second <= Rational::ZERO {
        return Err(ExpressionError::new(given[1].column, "this must be above nought"));
    }
    let result = match function {
        Function::Min => numbers.iter().min().copied(),
        // `if` is handled earlier and evaluates one branch only.
        Function::Max | Function::If => numbers.iter().max().copied(),
        Function::Abs => Some(first.abs()),
        Function::Floor => Some(first.floor()),
        Function::Ceil => Some(first.ceil()),
        Function::Round => {
            let places = (second.is_whole() && !second.is_negative()).then_some(second.numerator());
            let step = places.and_then(|places| u32::try_from(places).ok()).filter(|places| *places <= 12);
            let Some(step) = step.and_then(Rational::ten_to).and_then(|ten| Rational::ONE.over(ten)) else {
                return Err(ExpressionError::new(
                    given[1].column,
                    "decimal places are a whole number from 0 to 12",
                ));
            };
            first.rounded_to(step)
        }
        Function::RoundTo => first.rounded_to(second),
        Function::IsWhole => return Ok(Value::Truth(first.is_whole())),
        Function::Remainder => first
            .over(second)
            .and_then(|times| times.floor().times(second))
            .and_then(|whole| first.minus(whole)),
    };
    fits(node, result)
}

fn fits(node: &Node, result: Option<Rational>) -> Result<Value, ExpressionError> {
    let too_large =
        || ExpressionError::new(node.column, "the numbers have grown too large to be held exactly");
    result.map(Value::Number).ok_or_else(too_large)
}
