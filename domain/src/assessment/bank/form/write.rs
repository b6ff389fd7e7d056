use super::{
    cells::{lines, table},
    fields::{Fields, PRECISIONS, ROUNDINGS, TASKS, UNIT_ENTRIES, row_key},
};
use crate::{
    assessment::{
        bank::{
            Template,
            expression::{Expression, Value},
            figure::{FigureAsk, PlotAsk, ScaleAsk},
            template::{Ask, ChoiceAsk, NumberAsk, OrderingAsk, TextAsk},
            variable::Variable,
        },
        question::figures,
    },
    quantity::Rational,
};

/// As it is typed: a decimal where it has an end.
pub(super) fn typed(number: Rational) -> String {
    let decimal = figures(number).map(|text| text.replace(',', ""));
    decimal.filter(|text| text.parse::<Rational>() == Ok(number)).unwrap_or_else(|| number.to_string())
}

pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Number(number) => typed(*number),
        Value::Word(word) => word.clone(),
        // No variable is drawn as a condition.
        Value::Truth(truth) => truth.to_string(),
    }
}

/// The word of a setting. Each has one.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], meant: &T) -> &'static str {
    words.iter().find(|(_, known)| known == meant).map(|(word, _)| *word).unwrap_or_default()
}

impl From<&Template> for Fields {
    fn from(template: &Template) -> Self {
        let mut fields = Self::default();
        fields.set("id", &template.id);
        fields.set("category", template.category.as_str());
        fields.set("difficulty", u8::from(template.difficulty).to_string());
        fields.set("kind", template.kind().as_str());
        fields.set("wording", template.wording.to_string());
        fields.given("stimulus", template.stimulus.as_ref());
        fields.given("explanation", template.explanation.as_ref());
        for (row, variable) in template.variables.iter().enumerate() {
            fields.variable(row, variable);
        }
        fields.each("constraints", &template.constraints);
        fields.each("hints", &template.hints);
        if let Some(figure) = &template.figure {
            fields.figure(figure);
        }
        match &template.ask {
            Ask::Number(ask) => fields.number(ask),
            Ask::SingleChoice(ask) | Ask::MultipleChoice(ask) => fields.choice(ask),
            Ask::Ordering(ask) => fields.ordering(ask),
            Ask::TextEntry(ask) => fields.text_entry(ask),
        }
        fields.tidy(None);
        fields
    }
}

fn all<T: ToString>(texts: &[T]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

impl Fields {
    fn given<T: ToString>(&mut self, key: impl Into<String>, text: Option<&T>) {
        if let Some(text) = text {
            self.set(key, text.to_string());
        }
    }

    fn ticked(&mut self, key: impl Into<String>, ticked: bool) {
        if ticked {
            self.set(key, "true");
        }
    }

    fn each<T: ToString>(&mut self, list: &str, texts: &[T]) {
        for (row, text) in texts.iter().enumerate() {
            self.set(row_key(list, row, ""), text.to_string());
        }
    }

    fn variable(&mut self, row: usize, variable: &Variable) {
        let key = |column: &str| row_key("variables", row, column);
        let (name, how) = match variable {
            Variable::Range { name, .. } => (name.as_str(), "range"),
            Variable::List { name, .. } => (name.as_str(), "list"),
            Variable::Rows(_) => ("", "rows"),
            Variable::Derived { name, .. } => (name.as_str(), "worked-out"),
        };
        self.set(key("name"), name);
        self.set(key("how"), how);
        match variable {
            Variable::Range { from, step, .. } => {
                self.set(key("from"), typed(*from));
                self.given(key("to"), variable.last().map(typed).as_ref());
                self.set(key("step"), typed(*step));
            }
            Variable::List { values, .. } => {
                self.set(key("values"), lines(&values.iter().map(value).collect::<Vec<_>>()));
            }
            Variable::Rows(rows) => {
                let names = rows.iter().take(1).map(|row| row.keys().cloned().collect::<Vec<_>>());
                let values = rows.iter().map(|row| row.values().map(value).collect::<Vec<_>>());
                self.set(key("values"), table(&names.chain(values).collect::<Vec<_>>()));
            }
            Variable::Derived { value, .. } => self.set(key("value"), value.to_string()),
        }
    }

    fn number(&mut self, ask: &NumberAsk) {
        self.set("number.value", ask.value.to_string());
        self.given("number.unit", ask.unit.as_ref());
        self.set("number.unit-entry", word(&UNIT_ENTRIES, &ask.unit_entry));
        self.set("number.unit-choices", all(&ask.unit_choices).join(", "));
        self.set("number.rounding", word(&ROUNDINGS, &ask.rounding));
        self.given("number.tolerance", ask.tolerance.as_ref());
        self.set("number.precision", word(&PRECISIONS, &ask.precision));
        self.each("number.steps", &ask.steps);
        for (row, (unit, factor)) in ask.also.iter().enumerate() {
            self.set(row_key("number.also", row, "unit"), unit.to_string());
            self.set(row_key("number.also", row, "factor"), factor.to_string());
        }
        for (row, error) in ask.errors.iter().enumerate() {
            self.set(row_key("number.errors", row, "name"), &error.name);
            self.set(row_key("number.errors", row, "value"), error.value.to_string());
            self.given(row_key("number.errors", row, "when"), error.when.as_ref());
        }
    }

    fn choice(&mut self, ask: &ChoiceAsk) {
        self.ticked("keep-order", !ask.shuffle);
        for (row, option) in ask.options.iter().enumerate() {
            self.set(row_key("options", row, "text"), option.text.to_string());
            self.ticked(row_key("options", row, "right"), option.right);
            self.given(row_key("options", row, "why"), option.why.as_ref());
            self.given(row_key("options", row, "error"), option.error.as_ref());
        }
    }

    fn ordering(&mut self, ask: &OrderingAsk) {
        self.each("ordering.items", &ask.items);
        for (row, error) in ask.errors.iter().enumerate() {
            self.set(row_key("ordering.errors", row, "name"), &error.name);
            self.set(row_key("ordering.errors", row, "order"), all(&error.order).join(", "));
        }
    }

    fn text_entry(&mut self, ask: &TextAsk) {
        self.each("text-entry.accepted", &ask.accepted);
        self.ticked("text-entry.case-matters", ask.case_matters);
        for (row, error) in ask.errors.iter().enumerate() {
            self.set(row_key("text-entry.errors", row, "name"), &error.name);
            self.set(row_key("text-entry.errors", row, "texts"), lines(&all(&error.texts)));
        }
    }

    fn figure(&mut self, figure: &FigureAsk) {
        let kind = match figure {
            FigureAsk::Syringe(ask) => self.scale("syringe", ask),
            FigureAsk::MedicineCup(ask) => self.scale("medicine-cup", ask),
            FigureAsk::Pump(ask) => {
                let rows = ask.lines.iter().map(|line| vec![line.name.to_string(), line.value.to_string()]);
                self.set("figure.lines", table(&rows.collect::<Vec<_>>()));
                "pump"
            }
            FigureAsk::DropChamber(ask) => {
                self.set("figure.drops", ask.drops.to_string());
                self.set("figure.seconds", ask.seconds.to_string());
                "drop-chamber"
            }
            FigureAsk::Label(ask) => {
                self.set("figure.title", ask.title.to_string());
                self.set("figure.lines", lines(&all(&ask.lines)));
                self.set("figure.small", lines(&all(&ask.small)));
                "label"
            }
            FigureAsk::FluidChart(ask) => {
                let rows = ask.rows.iter().map(|row| {
                    let amount = |amount: &Option<Expression>| {
                        amount.as_ref().map(ToString::to_string).unwrap_or_default()
                    };
                    vec![row.time.to_string(), row.what.to_string(), amount(&row.intake), amount(&row.output)]
                });
                self.set("figure.rows", table(&rows.collect::<Vec<_>>()));
                "fluid-chart"
            }
            FigureAsk::ObservationChart(ask) => self.plot(ask),
            FigureAsk::Picture(ask) => {
                self.set("figure.picture", ask.picture.to_string());
                self.set("figure.width", ask.width.to_string());
                self.set("figure.height", ask.height.to_string());
                self.set("figure.alt", ask.alt.to_string());
                "picture"
            }
        };
        self.set("figure.kind", kind);
    }

    fn scale(&mut self, kind: &'static str, ask: &ScaleAsk) -> &'static str {
        self.set("figure.capacity", ask.capacity.to_string());
        self.given("figure.graduation", ask.graduation.as_ref());
        self.given("figure.level", ask.level.as_ref());
        self.set("figure.task", word(&TASKS, &ask.task));
        kind
    }

    fn plot(&mut self, ask: &PlotAsk) -> &'static str {
        self.set("figure.what", ask.what.to_string());
        for (key, expression) in [
            ("figure.from", &ask.from),
            ("figure.to", &ask.to),
            ("figure.step", &ask.step),
            ("figure.numbered", &ask.numbered),
        ] {
            self.set(key, expression.to_string());
        }
        let points = ask.points.iter().map(|point| vec![point.time.to_string(), point.value.to_string()]);
        self.set("figure.points", table(&points.collect::<Vec<_>>()));
        "observation-chart"
    }
}
