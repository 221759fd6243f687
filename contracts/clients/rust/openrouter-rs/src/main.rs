//! openrouter-rs as its examples use it.

use futures_util::StreamExt;
use openrouter_rs::OpenRouterClient;
use openrouter_rs::api::chat::{ChatCompletionRequest, Message};
use openrouter_rs::error::{ApiErrorContext, OpenRouterError};
use openrouter_rs::types::completion::{Choice, FinishReason};
use openrouter_rs::types::{Role, Tool};
use outcome::{Failure, Situation};

async fn ask(
    situation: &Situation,
    text: &mut String,
    told: &mut Option<Failure>,
) -> Result<(), OpenRouterError> {
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
            read(&event?.choices, text, told);
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
    let response = client.chat().create(&request.build()?).await?;
    read(&response.choices, text, told);
    Ok(())
}

/// Takes the text and, as the readme says, a choice's own error and its reason to end.
fn read(choices: &[Choice], text: &mut String, told: &mut Option<Failure>) {
    for choice in choices {
        text.push_str(choice.content().unwrap_or_default());
        for call in choice.tool_calls().unwrap_or_default() {
            text.push_str(&outcome::call_text(call.name(), call.arguments_json()));
        }
        let error = choice.error();
        let code = error.and_then(|error| error.code.as_ref()?.as_i64());
        if error.is_some() || matches!(choice.finish_reason(), Some(FinishReason::Error)) {
            *told = Some(Failure {
                class: "FinishReason::Error".to_string(),
                status: code.and_then(|code| code.try_into().ok()),
                message: error.map_or("error".to_string(), |error| error.message.clone()),
                crash: false,
            });
        }
    }
}

/// What was written before the failure, which the error's metadata hold where its body does.
fn partial(context: &ApiErrorContext) -> Option<&str> {
    let metadata = context.metadata.as_ref()?;
    metadata
        .pointer("/partial/choices/0/message/content")?
        .as_str()
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
    let mut told = None;
    let result = ask(&outcome::situation(), &mut text, &mut told).await;
    if let Err(OpenRouterError::Api(context)) = &result {
        text.push_str(partial(context).unwrap_or_default());
    }
    outcome::print(&text, result.err().map(describe).or(told));
}
