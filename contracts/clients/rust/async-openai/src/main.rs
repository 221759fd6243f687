//! async-openai as its readme uses it, with OpenRouter's base URL.

use async_openai::config::OpenAIConfig;
use async_openai::error::OpenAIError;
use async_openai::types::chat::{
    ChatCompletionMessageToolCalls, ChatCompletionRequestUserMessage, ChatCompletionTool,
    ChatCompletionTools, CreateChatCompletionRequestArgs, FunctionObjectArgs,
};
use futures_util::StreamExt;
use outcome::{Failure, Situation};

async fn ask(situation: &Situation, text: &mut String) -> Result<(), OpenAIError> {
    let config = OpenAIConfig::new()
        .with_api_base(&situation.base_url)
        .with_api_key(&situation.key);
    let client = async_openai::Client::with_config(config);
    let mut request = CreateChatCompletionRequestArgs::default();
    request
        .model(&situation.model)
        .messages([ChatCompletionRequestUserMessage::from(situation.prompt()).into()]);
    if situation.kind == "stream" {
        let mut stream = client.chat().create_stream(request.build()?).await?;
        while let Some(chunk) = stream.next().await {
            for choice in chunk?.choices {
                text.push_str(&choice.delta.content.unwrap_or_default());
            }
        }
        return Ok(());
    }
    if situation.kind == "tools" {
        let (name, description, parameters) = outcome::tool();
        let function = FunctionObjectArgs::default()
            .name(name)
            .description(description)
            .parameters(parameters)
            .build()?;
        request.tools([ChatCompletionTools::Function(ChatCompletionTool {
            function,
        })]);
    }
    let response = client.chat().create(request.build()?).await?;
    for choice in response.choices {
        text.push_str(&choice.message.content.unwrap_or_default());
        for call in choice.message.tool_calls.unwrap_or_default() {
            if let ChatCompletionMessageToolCalls::Function(call) = call {
                text.push_str(&outcome::call_text(
                    &call.function.name,
                    call.function.arguments,
                ));
            }
        }
    }
    Ok(())
}

fn describe(error: OpenAIError) -> Failure {
    let status = match &error {
        OpenAIError::ApiError(response) => Some(response.status_code.as_u16()),
        _ => None,
    };
    Failure {
        class: outcome::variant(&error),
        status,
        message: error.to_string(),
        // `JSONDeserialize` holds the answer.
        crash: false,
    }
}

#[tokio::main]
async fn main() {
    let mut text = String::new();
    let result = ask(&outcome::situation(), &mut text).await;
    outcome::print(&text, result.err().map(describe));
}
