//! rig-core as its readme uses it: its OpenRouter dialect, with the base URL set.

use futures_util::StreamExt;
use outcome::{Failure, Situation};
use rig_core::completion::{CompletionRequest, ToolDefinition};
use rig_core::error::ProviderError;
use rig_core::providers::openai::OpenAIConfig;
use rig_core::providers::openai::wire::OPENROUTER;
use rig_core::streaming::{Item, StreamEvent};
use serde_json::Value;

async fn ask(situation: &Situation, text: &mut String) -> Result<(), ProviderError> {
    let model = OpenAIConfig::with_key(&OPENROUTER, situation.key.as_str())
        .with_base_url(&situation.base_url)
        .client()
        .chat(situation.model.as_str());
    let mut request = CompletionRequest::new(situation.prompt());
    if situation.kind == "stream" {
        let mut stream = model.stream(request)?;
        while let Some(item) = stream.next().await {
            if let Item::Event(StreamEvent::Text { text: piece, .. }) = item? {
                text.push_str(&piece);
            }
        }
        stream.finish().await?;
        return Ok(());
    }
    if situation.kind == "tools" {
        let (name, description, parameters) = outcome::tool();
        let name = name.try_into().expect("a tool's name");
        request = request.tools(vec![ToolDefinition::new(name, description, parameters)]);
    }
    let response = model.call(request).await?;
    text.push_str(&response.text());
    for call in response.tool_calls() {
        let arguments = Value::Object(call.function.arguments.clone());
        text.push_str(&outcome::call_text(call.function.name.as_str(), arguments));
    }
    Ok(())
}

fn describe(error: ProviderError) -> Failure {
    let status = match &error {
        ProviderError::ProviderResponse(reply) | ProviderError::InvalidAuthentication(reply) => {
            reply.status.map(|status| status.as_u16())
        }
        _ => None,
    };
    Failure {
        class: outcome::variant(&error),
        status,
        message: error.to_string(),
        crash: matches!(error, ProviderError::Json(_)),
    }
}

#[tokio::main]
async fn main() {
    let mut text = String::new();
    let result = ask(&outcome::situation(), &mut text).await;
    outcome::print(&text, result.err().map(describe));
}
