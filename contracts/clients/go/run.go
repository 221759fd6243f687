package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

const (
	prompt     = "Hello"
	toolPrompt = "What is the weather in Paris?"
)

// The tool's parameters, as JSON Schema.
var parameters = map[string]any{
	"type":       "object",
	"properties": map[string]any{"city": map[string]any{"type": "string"}},
	"required":   []string{"city"},
}

var key = os.Getenv("OPENROUTER_API_KEY")

type ask func(baseURL, model string, say func(string)) error

// What a caller can read of an error: its status or 0, and its message.
type reader func(error) (int, string)

// What is left of an answer that could not be parsed is no error of the client's own kind.
func isParserError(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// run answers `BASE_URL MODEL KIND` with one line of JSON. See ../README.md.
func run(kinds map[string]ask, read reader) {
	baseURL, model, kind := os.Args[1], os.Args[2], os.Args[3]
	text := ""
	report := map[string]any{"outcome": "answer", "class": "", "status": nil, "message": "", "crash": false}
	defer func() {
		if cause := recover(); cause != nil {
			report = map[string]any{"outcome": "error", "class": "panic", "message": fmt.Sprint(cause), "crash": true}
		}
		report["text"] = text
		line, _ := json.Marshal(report)
		fmt.Println(string(line))
	}()
	if err := kinds[kind](baseURL, model, func(piece string) { text += piece }); err != nil {
		status, message := read(err)
		report = map[string]any{"outcome": "error", "class": fmt.Sprintf("%T", err), "message": message, "crash": isParserError(err)}
		if status != 0 {
			report["status"] = status
		}
	}
}
