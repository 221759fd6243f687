import candor.clients.Client;
import candor.clients.Runner;
import candor.clients.Situation;
import java.util.Objects;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;
import org.springframework.ai.retry.NonTransientAiException;
import org.springframework.ai.retry.TransientAiException;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** Spring AI 1.1's chat client over its OpenAI model, configured by hand as its reference does it. */
public final class Program implements Client {

    /** The tool, which the chat client runs itself. */
    public static final class Weather {
        @Tool(name = "get_weather", description = "Tells the weather in a city")
        public String getWeather(String city) {
            return "Sunny in " + city;
        }
    }

    public static void main(String[] arguments) throws Exception {
        Runner.run(new Program());
    }

    @Override
    public void ask(Situation situation, StringBuilder text) {
        var api = OpenAiApi.builder()
                .baseUrl(situation.hostUrl())
                .apiKey(situation.key())
                .build();
        var model = OpenAiChatModel.builder()
                .openAiApi(api)
                .defaultOptions(OpenAiChatOptions.builder().model(situation.model()).build())
                .build();
        var prompt = ChatClient.create(model).prompt(situation.prompt());
        if (situation.isStream()) {
            prompt.stream().content().doOnNext(text::append).blockLast();
            return;
        }
        if (situation.hasTools()) prompt.tools(new Weather());
        text.append(Objects.requireNonNullElse(prompt.call().content(), ""));
    }

    @Override
    public Integer statusOf(Throwable error) {
        return error instanceof WebClientResponseException web ? web.getStatusCode().value() : null;
    }

    @Override
    public String messageOf(Throwable error) {
        return error instanceof WebClientResponseException web
                ? web.getMessage() + " < " + web.getResponseBodyAsString()
                : Client.super.messageOf(error);
    }

    @Override
    public boolean isOwn(Throwable error) {
        // Its stream has no class for an event that it cannot read, but the message holds the event.
        boolean holdsEvent = String.valueOf(error.getMessage()).startsWith("Failed to json: ");
        return holdsEvent
                || error instanceof TransientAiException
                || error instanceof NonTransientAiException
                || error instanceof ResourceAccessException
                || error instanceof WebClientException;
    }
}
