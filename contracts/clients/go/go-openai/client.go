package main

import (
	"context"
	"errors"
	"io"

	"github.com/sashabaranov/go-openai"
)

func connect(url string) *openai.Client {
	config := openai.DefaultConfig(key)
	config.BaseURL = url
	return openai.NewClientWithConfig(config)
}

func question(model, content string) openai.ChatCompletionRequest {
	message := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: content}
	return openai.ChatCompletionRequest{Model: model, Messages: []openai.ChatCompletionMessage{message}}
}

func plain(url, model string, say func(string)) error {
	answer, err := connect(url).CreateChatCompletion(context.Background(), question(model, prompt))
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
	function := &openai.FunctionDefinition{Name: "get_weather", Parameters: parameters}
	asked.Tools = []openai.Tool{{Type: openai.ToolTypeFunction, Function: function}}
	return read(url, asked, say)
}

func read(url string, asked openai.ChatCompletionRequest, say func(string)) error {
	events, err := connect(url).CreateChatCompletionStream(context.Background(), asked)
	if err != nil {
		return err
	}
	defer events.Close()
	for {
		chunk, err := events.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, choice := range chunk.Choices {
			say(choice.Delta.Content)
			for _, call := range choice.Delta.ToolCalls {
				say(call.Function.Arguments)
			}
		}
	}
}

func main() {
	run(map[string]ask{"plain": plain, "stream": stream, "tools": tools}, func(err error) (int, string) {
		var told *openai.APIError
		var refusal *openai.RequestError
		if errors.As(err, &told) {
			return told.HTTPStatusCode, err.Error()
		}
		if errors.As(err, &refusal) {
			return refusal.HTTPStatusCode, err.Error()
		}
		return 0, err.Error()
	})
}
