package main

import (
	"context"
	"errors"

	"github.com/tmc/langchaingo/llms"
	"github.com/tmc/langchaingo/llms/openai"
)

func generate(url, model, content string, options ...llms.CallOption) (*llms.ContentChoice, error) {
	llm, err := openai.New(openai.WithBaseURL(url), openai.WithToken(key), openai.WithModel(model))
	if err != nil {
		return nil, err
	}
	messages := []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, content)}
	answer, err := llm.GenerateContent(context.Background(), messages, options...)
	if err != nil {
		return nil, err
	}
	// It reads no error in a stream: this is all that its user can see of one.
	if answer.Choices[0].StopReason == "error" {
		return nil, errors.New("the reason to stop is error")
	}
	return answer.Choices[0], nil
}

func plain(url, model string, say func(string)) error {
	choice, err := generate(url, model, prompt)
	if err == nil {
		say(choice.Content)
	}
	return err
}

func stream(url, model string, say func(string)) error {
	_, err := generate(url, model, prompt, llms.WithStreamingFunc(func(_ context.Context, piece []byte) error {
		say(string(piece))
		return nil
	}))
	return err
}

func tools(url, model string, say func(string)) error {
	function := &llms.FunctionDefinition{Name: "get_weather", Parameters: parameters}
	choice, err := generate(url, model, toolPrompt, llms.WithTools([]llms.Tool{{Type: "function", Function: function}}))
	if err == nil {
		say(choice.ToolCalls[0].FunctionCall.Arguments)
	}
	return err
}

func main() {
	run(map[string]ask{"plain": plain, "stream": stream, "tools": tools}, func(err error) (int, string) { return 0, err.Error() })
}
