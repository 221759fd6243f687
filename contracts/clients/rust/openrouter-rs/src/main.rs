//! openrouter-rs as its examples use it.

use futures_util::StreamExt;
use openrouter_rs::OpenRouterClient;
use openrouter_rs::api::chat::{ChatCompletionRequest, Message};
use openrouter_rs::error::OpenRouterError;
use openrouter_rs::types::{Role, Tool};
use outcome::{Failure, Situation};

async fn ask(situation: &Situation, text: &mut String) -> Result<(), OpenRouterError> {
    let client = OpenRouterClient::builder()
        .base_url(&situation.base_url)
        .api_key(&situation.key)
        .build()?;
    let mut request = ChatCompletionRequest::builder();
    request
        .model(&situation.model)
        .messages(vec![Message::new(Role::User, situation.prompt())]);
    if situation.kind == "stream" {
        let mut stream = client.chat().stream(&request.build()?).await?;
        while let Some(event) = stream.next().await {
            for choice in event?.choices {
                text.push_str(choice.content().unwrap_or_default());
            }
        }
        return Ok(());
    }
    if situation.kind == "tools" {
        let (name, description, parameters) = outcome::tool();
        let mut tool = Tool::builder();
        tool.name(name)
            .description(description)
            .parameters(parameters);
        request.tools(vec![tool.build()?]);
    }
    for choice in client.chat().create(&request.build()?).await?.choices {
        text.push_str(choice.content().unwrap_or_default());
        for call in choice.tool_calls().unwrap_or_default() {
            text.push_str(&outcome::call_text(call.name(), call.arguments_json()));
        }
    }
    Ok(())
}

fn describe(error: OpenRouterError) -> Failure {
    let status = match &error {
        OpenRouterError::Api(context) => Some(context.status.as_u16()),
        _ => None,
    };
    Failure {
        class: outcome::variant(&error),
        status,
        message: error.to_string(),
        crash: matches!(error, OpenRouterError::Serialization(_)),
    }
}

#[tokio::main]
async fn main() {
    let mut text = String::new();
    let result = ask(&outcome::situation(), &mut text).await;
    outcome::print(&text, result.err().map(describe));
}
