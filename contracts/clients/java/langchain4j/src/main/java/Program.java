import candor.clients.Client;
import candor.clients.Runner;
import candor.clients.Situation;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.concurrent.CompletableFuture;

/** langchain4j-open-ai as its documentation uses it, with OpenRouter's base URL. */
public final class Program implements Client {

    private static final ToolSpecification GET_WEATHER = ToolSpecification.builder()
            .name("get_weather")
            .description("Tells the weather in a city")
            .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
            .build();

    public static void main(String[] arguments) throws Exception {
        Runner.run(new Program());
    }

    @Override
    public void ask(Situation situation, StringBuilder text) {
        if (situation.isStream()) {
            stream(situation, text);
            return;
        }
        var model = OpenAiChatModel.builder()
                .baseUrl(situation.baseUrl())
                .apiKey(situation.key())
                .modelName(situation.model())
                .build();
        var request = ChatRequest.builder().messages(UserMessage.from(situation.prompt()));
        if (situation.hasTools()) request.toolSpecifications(GET_WEATHER);
        var message = model.chat(request.build()).aiMessage();
        if (message.text() != null) text.append(message.text());
        for (var call : message.toolExecutionRequests()) {
            text.append(call.name()).append(call.arguments());
        }
    }

    private static void stream(Situation situation, StringBuilder text) {
        var model = OpenAiStreamingChatModel.builder()
                .baseUrl(situation.baseUrl())
                .apiKey(situation.key())
                .modelName(situation.model())
                .build();
        var end = new CompletableFuture<ChatResponse>();
        model.chat(situation.prompt(), new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String partialResponse) {
                text.append(partialResponse);
            }

            @Override
            public void onCompleteResponse(ChatResponse completeResponse) {
                end.complete(completeResponse);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        end.join();
    }

    @Override
    public Integer statusOf(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException http) return http.statusCode();
        }
        return null;
    }

    @Override
    public boolean isOwn(Throwable error) {
        return error instanceof LangChain4jException;
    }
}
