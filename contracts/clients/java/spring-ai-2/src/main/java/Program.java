import candor.clients.Client;
import candor.clients.Runner;
import candor.clients.Situation;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import java.util.Objects;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI 2's chat client over its OpenAI model, configured by hand as its reference does it. */
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
        var options = OpenAiChatOptions.builder()
                .baseUrl(situation.baseUrl())
                .apiKey(situation.key())
                .model(situation.model())
                .build();
        var model = OpenAiChatModel.builder().options(options).build();
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
        return error instanceof OpenAIServiceException service ? service.statusCode() : null;
    }

    @Override
    public boolean isOwn(Throwable error) {
        return error instanceof OpenAIException && !(error instanceof OpenAIInvalidDataException);
    }
}
