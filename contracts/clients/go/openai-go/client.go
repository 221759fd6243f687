package main

import (
	"context"
	"errors"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func connect(url string) openai.Client {
	return openai.NewClient(option.WithBaseURL(url), option.WithAPIKey(key))
}

func question(model, content string) openai.ChatCompletionNewParams {
	messages := []openai.ChatCompletionMessageParamUnion{openai.UserMessage(content)}
	return openai.ChatCompletionNewParams{Model: model, Messages: messages}
}

func plain(url, model string, say func(string)) error {
	client := connect(url)
	answer, err := client.Chat.Completions.New(context.Background(), question(model, prompt))
	if err != nil {
		return err
	}
	say(answer.Choices[0].Message.Content)
	return nil
}

func stream(url, model string, say func(string)) error {
	return read(url, question(model, prompt), say)
}

func tools(url, model string, say func(string)) error {
	asked := question(model, toolPrompt)
	function := openai.FunctionDefinitionParam{Name: "get_weather", Parameters: parameters}
	asked.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(function)}
	return read(url, asked, say)
}

func read(url string, asked openai.ChatCompletionNewParams, say func(string)) error {
	client := connect(url)
	events := client.Chat.Completions.NewStreaming(context.Background(), asked)
	for events.Next() {
		for _, choice := range events.Current().Choices {
			say(choice.Delta.Content)
			for _, call := range choice.Delta.ToolCalls {
				say(call.Function.Arguments)
			}
		}
	}
	return events.Err()
}

func main() {
	run(map[string]ask{"plain": plain, "stream": stream, "tools": tools}, func(err error) (int, string) {
		var refusal *openai.Error
		if errors.As(err, &refusal) {
			// Its `Error()` has no more than the status line.
			return refusal.StatusCode, refusal.Message
		}
		return 0, err.Error()
	})
}
