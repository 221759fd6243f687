import candor.clients.Client;
import candor.clients.Runner;
import candor.clients.Situation;
import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;

/** openai-java as its readme uses it, with OpenRouter's base URL. */
public final class Program implements Client {

    /** The tool, as the readme describes one: by a class. */
    @JsonTypeName("get_weather")
    @JsonClassDescription("Tells the weather in a city")
    public static class GetWeather {
        public String city;
    }

    public static void main(String[] arguments) throws Exception {
        Runner.run(new Program());
    }

    @Override
    public void ask(Situation situation, StringBuilder text) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(situation.baseUrl())
                .apiKey(situation.key())
                .build();
        var params = ChatCompletionCreateParams.builder()
                .model(situation.model())
                .addUserMessage(situation.prompt());
        if (situation.isStream()) {
            try (var stream = client.chat().completions().createStreaming(params.build())) {
                stream.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .forEach(text::append);
            }
            return;
        }
        if (situation.hasTools()) params.addTool(GetWeather.class);
        for (var choice : client.chat().completions().create(params.build()).choices()) {
            choice.message().content().ifPresent(text::append);
            choice.message().toolCalls().stream()
                    .flatMap(calls -> calls.stream())
                    .forEach(call -> text.append(call.asFunction().function().name())
                            .append(call.asFunction().function().arguments()));
        }
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
