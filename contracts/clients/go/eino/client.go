package main

import (
	"context"
	"errors"
	"io"

	"github.com/cloudwego/eino-ext/components/model/openai"
	"github.com/cloudwego/eino/schema"
)

func connect(url, model string) (*openai.ChatModel, error) {
	return openai.NewChatModel(context.Background(), &openai.ChatModelConfig{BaseURL: url, APIKey: key, Model: model})
}

func plain(url, model string, say func(string)) error {
	chat, err := connect(url, model)
	if err != nil {
		return err
	}
	answer, err := chat.Generate(context.Background(), []*schema.Message{schema.UserMessage(prompt)})
	if err == nil {
		say(answer.Content)
	}
	return err
}

func stream(url, model string, say func(string)) error {
	return read(url, model, prompt, nil, say)
}

func tools(url, model string, say func(string)) error {
	city := map[string]*schema.ParameterInfo{"city": {Type: schema.String, Required: true}}
	tool := &schema.ToolInfo{Name: "get_weather", Desc: "The weather", ParamsOneOf: schema.NewParamsOneOfByParams(city)}
	return read(url, model, toolPrompt, []*schema.ToolInfo{tool}, say)
}

func read(url, model, content string, tools []*schema.ToolInfo, say func(string)) error {
	chat, err := connect(url, model)
	if err != nil {
		return err
	}
	if err := chat.BindTools(tools); tools != nil && err != nil {
		return err
	}
	events, err := chat.Stream(context.Background(), []*schema.Message{schema.UserMessage(content)})
	if err != nil {
		return err
	}
	defer events.Close()
	for {
		message, err := events.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		say(message.Content)
		for _, call := range message.ToolCalls {
			say(call.Function.Arguments)
		}
	}
}

func main() {
	run(map[string]ask{"plain": plain, "stream": stream, "tools": tools}, func(err error) (int, string) {
		var refusal *openai.APIError
		if errors.As(err, &refusal) {
			return refusal.HTTPStatusCode, err.Error()
		}
		return 0, err.Error()
	})
}
