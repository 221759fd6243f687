import candor.clients.Client
import candor.clients.Runner
import candor.clients.Situation
import com.aallam.openai.api.chat.ChatCompletionRequest
import com.aallam.openai.api.chat.ChatMessage
import com.aallam.openai.api.chat.ChatRole
import com.aallam.openai.api.chat.Tool
import com.aallam.openai.api.chat.ToolCall
import com.aallam.openai.api.core.Parameters
import com.aallam.openai.api.exception.OpenAIAPIException
import com.aallam.openai.api.exception.OpenAIException
import com.aallam.openai.api.exception.OpenAIHttpException
import com.aallam.openai.api.logging.LogLevel
import com.aallam.openai.api.model.ModelId
import com.aallam.openai.client.LoggingConfig
import com.aallam.openai.client.OpenAI
import com.aallam.openai.client.OpenAIHost
import com.aallam.openai.client.RetryStrategy
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.add
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject

/** openai-kotlin as its guides use it, with OpenRouter's base URL. */
object Program : Client {
    private val getWeather = Tool.function(
        name = "get_weather",
        description = "Tells the weather in a city",
        parameters = Parameters.buildJsonObject {
            put("type", "object")
            putJsonObject("properties") { putJsonObject("city") { put("type", "string") } }
        },
    )

    @JvmStatic
    fun main(arguments: Array<String>) = Runner.run(this)

    override fun ask(situation: Situation, text: StringBuilder) = runBlocking {
        // By default it logs to standard output, where the outcome goes.
        val openAI = OpenAI(
            token = situation.key(),
            host = OpenAIHost(baseUrl = "${situation.baseUrl}/"),
            logging = LoggingConfig(LogLevel.None),
            // By default it waits a minute before each of three more tries of a 429.
            retry = RetryStrategy(maxDelay = 1.seconds),
        )
        val request = ChatCompletionRequest(
            model = ModelId(situation.model),
            messages = listOf(ChatMessage(role = ChatRole.User, content = situation.prompt())),
            tools = if (situation.hasTools()) listOf(getWeather) else null,
        )
        if (situation.isStream) {
            openAI.chatCompletions(request).collect { chunk ->
                text.append(chunk.choices.firstOrNull()?.delta?.content.orEmpty())
            }
            return@runBlocking
        }
        val message = openAI.chatCompletion(request).choices.first().message
        text.append(message.content.orEmpty())
        message.toolCalls?.filterIsInstance<ToolCall.Function>()?.forEach { call ->
            text.append(call.function.name).append(call.function.arguments)
        }
        Unit
    }

    override fun statusOf(error: Throwable): Int? = (error as? OpenAIAPIException)?.statusCode

    // `OpenAIHttpException` is its name for an answer that it cannot read.
    override fun isOwn(error: Throwable) = error is OpenAIException && error !is OpenAIHttpException
}
