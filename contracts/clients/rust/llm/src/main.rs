//! `llm` as its examples use it: its OpenRouter backend, with the base URL set.

use futures_util::StreamExt;
use llm::builder::{FunctionBuilder, LLMBackend, LLMBuilder, ParamBuilder};
use llm::chat::ChatMessage;
use llm::error::LLMError;
use outcome::{Failure, Situation};

async fn ask(situation: &Situation, text: &mut String) -> Result<(), LLMError> {
    let mut builder = LLMBuilder::new()
        .backend(LLMBackend::OpenRouter)
        .base_url(&situation.base_url)
        .api_key(&situation.key)
        .model(&situation.model);
    if situation.kind == "tools" {
        let (name, description, _) = outcome::tool();
        let city = ParamBuilder::new("city")
            .type_of("string")
            .description("The city");
        builder = builder.function(
            FunctionBuilder::new(name)
                .description(description)
                .param(city),
        );
    }
    let llm = builder.build()?;
    let messages = [ChatMessage::user().content(situation.prompt()).build()];
    if situation.kind == "stream" {
        let mut stream = llm.chat_stream(&messages).await?;
        while let Some(token) = stream.next().await {
            text.push_str(&token?);
        }
        return Ok(());
    }
    let response = llm.chat_with_tools(&messages, llm.tools()).await?;
    text.push_str(&response.text().unwrap_or_default());
    for call in response.tool_calls().unwrap_or_default() {
        text.push_str(&outcome::call_text(
            &call.function.name,
            call.function.arguments,
        ));
    }
    Ok(())
}

fn describe(error: LLMError) -> Failure {
    Failure {
        class: outcome::variant(&error),
        message: error.to_string(),
        // `ResponseFormatError` holds the answer.
        crash: matches!(error, LLMError::JsonError(_)),
        ..Failure::default()
    }
}

#[tokio::main]
async fn main() {
    let mut text = String::new();
    let result = ask(&outcome::situation(), &mut text).await;
    outcome::print(&text, result.err().map(describe));
}
