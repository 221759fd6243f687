import candor.clients.Client;
import candor.clients.Runner;
import candor.clients.Situation;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.sashirestela.cleverclient.support.CleverClientException;
import io.github.sashirestela.openai.SimpleOpenAI;
import io.github.sashirestela.openai.common.function.FunctionDef;
import io.github.sashirestela.openai.common.function.Functional;
import io.github.sashirestela.openai.common.tool.Tool;
import io.github.sashirestela.openai.domain.chat.Chat;
import io.github.sashirestela.openai.domain.chat.ChatMessage.UserMessage;
import io.github.sashirestela.openai.domain.chat.ChatRequest;
import io.github.sashirestela.openai.exception.OpenAIException;
import io.github.sashirestela.openai.exception.OpenAIExceptionConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletionException;

/** simple-openai as its readme uses it, with OpenRouter's base URL. */
public final class Program implements Client {

    /** The tool, as the readme describes one: by a class. */
    public static class GetWeather implements Functional {
        @JsonProperty(required = true)
        public String city;

        @Override
        public Object execute() {
            return "Sunny in " + city;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Runner.run(new Program());
    }

    @Override
    public void ask(Situation situation, StringBuilder text) {
        try {
            chat(situation, text);
        } catch (Exception exception) {
            OpenAIExceptionConverter.rethrow(exception);
        }
    }

    private static void chat(Situation situation, StringBuilder text) {
        var openAI = SimpleOpenAI.builder()
                .baseUrl(situation.hostUrl())
                .apiKey(situation.key())
                .build();
        var request = ChatRequest.builder()
                .model(situation.model())
                .message(UserMessage.of(situation.prompt()));
        if (situation.isStream()) {
            openAI.chatCompletions().createStream(request.build()).join()
                    .filter(chat -> !chat.getChoices().isEmpty() && chat.firstContent() != null)
                    .map(Chat::firstContent)
                    .forEach(text::append);
            return;
        }
        if (situation.hasTools()) {
            request.tools(List.of(Tool.function(FunctionDef.builder()
                    .name("get_weather")
                    .description("Tells the weather in a city")
                    .functionalClass(GetWeather.class)
                    .build())));
        }
        var message = openAI.chatCompletions().create(request.build()).join().firstMessage();
        if (message.getContent() != null) text.append(message.getContent());
        if (message.getToolCalls() == null) return;
        for (var call : message.getToolCalls()) {
            text.append(call.getFunction().getName()).append(call.getFunction().getArguments());
        }
    }

    @Override
    public Integer statusOf(Throwable error) {
        return error instanceof OpenAIException own ? own.getResponseInfo().getStatus() : null;
    }

    /** Its exception for anything else wraps the cause: one of Java's own where it could not read. */
    @Override
    public boolean isOwn(Throwable error) {
        if (error instanceof OpenAIException || error instanceof IOException) return true;
        boolean isWrapper = error instanceof CleverClientException
                || error instanceof CompletionException
                || error instanceof UncheckedIOException;
        return isWrapper && (error.getCause() == null || isOwn(error.getCause()));
    }
}
