//! genai as its examples use it: its own adapter for OpenRouter, with the base URL resolved.

use futures_util::StreamExt;
use genai::adapter::AdapterKind;
use genai::chat::{ChatMessage, ChatRequest, ChatStreamEvent, Tool};
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{Client, Error, ModelIden, ServiceTarget};
use outcome::{Failure, Situation};

fn connect(situation: &Situation) -> Client {
    let base_url = format!("{}/", situation.base_url);
    let resolver = ServiceTargetResolver::from_resolver_fn(
        move |target: ServiceTarget| -> Result<ServiceTarget, genai::resolver::Error> {
            Ok(ServiceTarget {
                endpoint: Endpoint::from_owned(base_url.clone()),
                auth: AuthData::from_env("OPENROUTER_API_KEY"),
                model: ModelIden::new(AdapterKind::OpenRouter, target.model.model_name),
            })
        },
    );
    Client::builder()
        .with_service_target_resolver(resolver)
        .build()
        .expect("a client")
}

async fn ask(situation: &Situation, text: &mut String) -> Result<(), Error> {
    let client = connect(situation);
    let mut request = ChatRequest::new(vec![ChatMessage::user(situation.prompt())]);
    if situation.kind == "stream" {
        let mut response = client
            .exec_chat_stream(&situation.model, request, None)
            .await?;
        while let Some(event) = response.stream.next().await {
            if let ChatStreamEvent::Chunk(chunk) = event? {
                text.push_str(&chunk.content);
            }
        }
        return Ok(());
    }
    if situation.kind == "tools" {
        let (name, description, schema) = outcome::tool();
        let tool = Tool::new(name)
            .with_description(description)
            .with_schema(schema);
        request = request.with_tools(vec![tool]);
    }
    let response = client.exec_chat(&situation.model, request, None).await?;
    text.push_str(response.first_text().unwrap_or_default());
    for call in response.into_tool_calls() {
        text.push_str(&outcome::call_text(&call.fn_name, &call.fn_arguments));
    }
    Ok(())
}

fn describe(error: Error) -> Failure {
    Failure {
        class: outcome::variant(&error),
        status: error.status().map(|status| status.as_u16()),
        message: error.to_string(),
        crash: matches!(error, Error::StreamParse { .. } | Error::SerdeJson(_)),
    }
}

#[tokio::main]
async fn main() {
    let mut text = String::new();
    let result = ask(&outcome::situation(), &mut text).await;
    outcome::print(&text, result.err().map(describe));
}
