//! What the five programs share: the situation on the command line, and the line that tells the outcome.

use serde_json::{Value, json};

/// What the program was asked to do: `BASE_URL MODEL KIND`.
pub struct Situation {
    pub base_url: String,
    pub model: String,
    pub kind: String,
    pub key: String,
}

/// How a client reported a failure. `crash`: its parser gave up, and the caller cannot read what was
/// sent. An error that holds the whole answer is no crash, as callers match one enum for all failures.
#[derive(Default)]
pub struct Failure {
    pub class: String,
    pub status: Option<u16>,
    pub message: String,
    pub crash: bool,
}

/// Reads the situation; ends with a sentence where the command line has none.
pub fn situation() -> Situation {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .expect("usage: BASE_URL MODEL plain|stream|tools")
    };
    let (base_url, model, kind) = (next(), next(), next());
    let key = std::env::var("OPENROUTER_API_KEY").expect("OPENROUTER_API_KEY must be set");
    Situation {
        base_url,
        model,
        kind,
        key,
    }
}

impl Situation {
    /// What the client asks: with a tool, something that the tool answers.
    pub fn prompt(&self) -> &'static str {
        if self.kind == "tools" {
            "What is the weather in Paris?"
        } else {
            "Hello"
        }
    }
}

/// The tool that is offered: its name, what it does, and its parameters as JSON Schema.
pub fn tool() -> (&'static str, &'static str, Value) {
    let city = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    ("get_weather", "Tells the weather in a city", city)
}

/// A tool call as the text of an answer: `get_weather({"city":"Paris"})`.
pub fn call_text(name: &str, arguments: impl std::fmt::Display) -> String {
    format!("{name}({arguments})")
}

/// The variant of an error enum, as `Debug` begins with it: `ApiError`.
pub fn variant(error: &impl std::fmt::Debug) -> String {
    let words = format!("{error:?}");
    words
        .split(|letter: char| !letter.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_string()
}

/// Prints the one line of the protocol.
pub fn print(text: &str, failure: Option<Failure>) {
    let outcome = if failure.is_some() { "error" } else { "answer" };
    let failure = failure.unwrap_or_default();
    // A status of success is that of the response, and says nothing of the failure.
    let status = failure.status.filter(|status| *status >= 400);
    let line = json!({
        "text": text, "outcome": outcome, "class": failure.class,
        "status": status, "message": failure.message, "crash": failure.crash,
    });
    println!("{line}");
}
