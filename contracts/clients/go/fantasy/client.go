package main

import (
	"context"
	"errors"

	"charm.land/fantasy"
	"charm.land/fantasy/providers/openaicompat"
)

type place struct {
	City string `json:"city"`
}

// As crush does it for whatever speaks OpenAI's form.
func connect(url, model string, options ...fantasy.AgentOption) (fantasy.Agent, error) {
	provider, err := openaicompat.New(openaicompat.WithBaseURL(url), openaicompat.WithAPIKey(key))
	if err != nil {
		return nil, err
	}
	chat, err := provider.LanguageModel(context.Background(), model)
	if err != nil {
		return nil, err
	}
	return fantasy.NewAgent(chat, options...), nil
}

func plain(url, model string, say func(string)) error {
	agent, err := connect(url, model)
	if err != nil {
		return err
	}
	answer, err := agent.Generate(context.Background(), fantasy.AgentCall{Prompt: prompt})
	if err == nil {
		say(answer.Response.Content.Text())
	}
	return err
}

func read(url, model, content string, say func(string), options ...fantasy.AgentOption) error {
	agent, err := connect(url, model, options...)
	if err != nil {
		return err
	}
	call := fantasy.AgentStreamCall{Prompt: content, OnTextDelta: func(_, text string) error {
		say(text)
		return nil
	}}
	_, err = agent.Stream(context.Background(), call)
	return err
}

func stream(url, model string, say func(string)) error {
	return read(url, model, prompt, say)
}

func tools(url, model string, say func(string)) error {
	tell := func(_ context.Context, where place, _ fantasy.ToolCall) (fantasy.ToolResponse, error) {
		return fantasy.NewTextResponse("Sunny in " + where.City), nil
	}
	tool := fantasy.NewAgentTool("get_weather", "The weather in a city", tell)
	return read(url, model, toolPrompt, say, fantasy.WithTools(tool))
}

func main() {
	run(map[string]ask{"plain": plain, "stream": stream, "tools": tools}, func(err error) (int, string) {
		var refusal *fantasy.ProviderError
		if errors.As(err, &refusal) {
			return refusal.StatusCode, err.Error()
		}
		return 0, err.Error()
	})
}
