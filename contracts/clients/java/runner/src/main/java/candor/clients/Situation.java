package candor.clients;

/** One run: what the matrix says on a line of standard input. */
public record Situation(String baseUrl, String model, String kind) {

    /** Reads {@code BASE_URL MODEL KIND}. */
    static Situation of(String line) {
        String[] words = line.split(" ");
        return new Situation(words[0], words[1], words[2]);
    }

    public String key() {
        return System.getenv("OPENROUTER_API_KEY");
    }

    /** The base URL for a client that adds {@code /v1} itself. */
    public String hostUrl() {
        return baseUrl.replaceFirst("/v1$", "");
    }

    public boolean isStream() {
        return kind.equals("stream");
    }

    public boolean hasTools() {
        return kind.equals("tools");
    }

    /** What the client asks: with a tool, something that the tool answers. */
    public String prompt() {
        return hasTools() ? "What is the weather in Paris?" : "Hello";
    }
}
