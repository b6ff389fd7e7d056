use super::{ExpressionError, Function, Node, NodeKind, Operator, lexer::Token};

/// Nesting of parentheses, calls and signs. No author writes so many; the limit bounds the stack.
const MAX_DEPTH: usize = 40;

/// How tightly the operators bind, loosest first. `not` sits between `and` and the comparisons.
const OR: u8 = 1;
const AND: u8 = 2;
const COMPARISON: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;

pub(super) fn parse(tokens: &[(Token, usize)]) -> Result<Node, ExpressionError> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let root = parser.expression(OR)?;
    match parser.symbol() {
        Some("end") => Ok(root),
        Some("=") => Err(parser.error("write == to compare")),
        Some(")") => Err(parser.error("this ) has no ( before it")),
        Some(",") => {
            Err(parser.error("a comma belongs only between the values of a function; write 1000 for 1,000"))
        }
        _ => Err(parser.error("an operator such as + or * is missing before this")),
    }
}

struct Parser<'a> {
    tokens: &'a [(Token, usize)],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The last token is `end` and is never consumed.
        &self.tokens[self.at].0
    }

    fn column(&self) -> usize {
        self.tokens[self.at].1
    }

    fn symbol(&self) -> Option<&'static str> {
        if let Token::Symbol(symbol) = self.token() { Some(*symbol) } else { None }
    }

    fn error(&self, what: impl Into<String>) -> ExpressionError {
        ExpressionError::new(self.column(), what)
    }

    fn take(&mut self, symbol: &str) -> bool {
        let here = self.symbol() == Some(symbol);
        self.at += usize::from(here);
        here
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        Some(match self.token() {
            Token::Name(name) if name == "or" => (Operator::Or, OR),
            Token::Name(name) if name == "and" => (Operator::And, AND),
            Token::Symbol("<") => (Operator::Less, COMPARISON),
            Token::Symbol("<=") => (Operator::AtMost, COMPARISON),
            Token::Symbol(">") => (Operator::More, COMPARISON),
            Token::Symbol(">=") => (Operator::AtLeast, COMPARISON),
            Token::Symbol("==") => (Operator::Same, COMPARISON),
            Token::Symbol("!=") => (Operator::Different, COMPARISON),
            Token::Symbol("+") => (Operator::Plus, SUM),
            Token::Symbol("-") => (Operator::Minus, SUM),
            Token::Symbol("*") => (Operator::Times, PRODUCT),
            Token::Symbol("/") => (Operator::Over, PRODUCT),
            _ => return None,
        })
    }

    /// An operand and every operator after it that binds at least as tightly as `loosest`.
    fn expression(&mut self, loosest: u8) -> Result<Node, ExpressionError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error("too deeply nested: split it with derived variables"));
        }
        let mut left = self.operand()?;
        let mut compared = false;
        while let Some((operator, binds)) = self.operator() {
            if binds < loosest {
                break;
            }
            if compared && binds == COMPARISON {
                return Err(self.error("compare two at a time: a <= b and b <= c"));
            }
            compared = binds == COMPARISON;
            let column = self.column();
            self.at += 1;
            let right = self.expression(binds + 1)?;
            left = Node { column, kind: NodeKind::Both(operator, Box::new(left), Box::new(right)) };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Node, ExpressionError> {
        let column = self.column();
        let kind = match self.token().clone() {
            Token::Number(number) => {
                self.at += 1;
                NodeKind::Number(number)
            }
            Token::Name(name) if name == "not" => {
                self.at += 1;
                NodeKind::Not(Box::new(self.expression(COMPARISON)?))
            }
            Token::Name(name) if name == "and" || name == "or" => {
                return Err(self.error(format!("`{name}` needs something before it")));
            }
            Token::Name(name) => {
                self.at += 1;
                self.name(name, column)?
            }
            Token::Symbol("-") => {
                self.at += 1;
                NodeKind::Minus(Box::new(self.expression(PRODUCT + 1)?))
            }
            Token::Symbol("(") => {
                self.at += 1;
                let inner = self.expression(OR)?;
                self.close(column)?;
                return Ok(inner);
            }
            Token::Symbol("end") => return Err(self.error("a number, a name or ( is missing at the end")),
            Token::Symbol(symbol) => {
                return Err(self.error(format!("a number, a name or ( is missing before {symbol}")));
            }
        };
        Ok(Node { column, kind })
    }

    fn name(&mut self, name: String, column: usize) -> Result<NodeKind, ExpressionError> {
        let function = Function::ALL.into_iter().find(|(_, known, ..)| *known == name);
        let (opened, open) = (self.column(), self.take("("));
        let (function, least, most) = match (function, open) {
            (None, false) => return Ok(NodeKind::Name(name)),
            (None, true) => {
                return Err(ExpressionError::new(column, format!("there is no function `{name}`")));
            }
            (Some(_), false) => {
                return Err(ExpressionError::new(
                    column,
                    format!("`{name}` is a function: write {name}(...)"),
                ));
            }
            (Some((function, _, least, most)), true) => (function, least, most),
        };
        let mut given = vec![self.expression(OR)?];
        while self.take(",") {
            given.push(self.expression(OR)?);
        }
        self.close(opened)?;
        if !(least..=most).contains(&given.len()) {
            let takes = if least == most { least.to_string() } else { format!("{least} to {most}") };
            let what = format!("`{name}` takes {takes} values, not {}", given.len());
            return Err(ExpressionError::new(column, what));
        }
        Ok(NodeKind::Call(function, given))
    }

    fn close(&mut self, opened: usize) -> Result<(), ExpressionError> {
        if self.take(")") {
            return Ok(());
        }
        Err(self.error(format!("the ( at character {opened} needs its ) by here")))
    }
}
