package candor.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.CompletionException;

/** Makes a run of each line of standard input, and prints one line of JSON for each. */
public final class Runner {

    private Runner() {}

    public static void run(Client client) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(outcome(client, Situation.of(line)));
        }
        // The threads of an HTTP client would keep the program alive for a minute.
        System.exit(0);
    }

    private static String outcome(Client client, Situation situation) {
        var text = new StringBuilder();
        try {
            client.ask(situation, text);
            return "{\"text\":" + quote(text.toString()) + ",\"outcome\":\"answer\",\"class\":\"\","
                    + "\"status\":null,\"message\":\"\",\"crash\":false}";
        } catch (Throwable thrown) {
            Throwable error = thrown instanceof CompletionException ? thrown.getCause() : thrown;
            return "{\"text\":" + quote(text.toString())
                    + ",\"outcome\":\"error\",\"class\":" + quote(error.getClass().getSimpleName())
                    + ",\"status\":" + failureStatus(client, error)
                    + ",\"message\":" + quote(client.messageOf(error))
                    + ",\"crash\":" + !client.isOwn(error) + "}";
        }
    }

    /** A status of success is that of the response, and says nothing of the failure. */
    private static Integer failureStatus(Client client, Throwable error) {
        Integer status = client.statusOf(error);
        return status == null || status < 400 ? null : status;
    }

    private static String quote(String text) {
        var json = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') json.append('\\').append(letter);
            else if (letter < ' ') json.append(String.format("\\u%04x", (int) letter));
            else json.append(letter);
        }
        return json.append('"').toString();
    }
}
