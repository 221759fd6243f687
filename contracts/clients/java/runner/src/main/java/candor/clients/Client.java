package candor.clients;

/** A client as its users write it. */
public interface Client {

    /** Asks, and adds to the text what the caller gets; throws as the client does. */
    void ask(Situation situation, StringBuilder text) throws Exception;

    /** The status that the caller can read from an error, or null. */
    Integer statusOf(Throwable error);

    /**
     * Whether the error is of the client's own kind for failures of the API or of the connection, or
     * at least holds what was sent.
     */
    boolean isOwn(Throwable error);

    /** The messages of the error and of its causes, as a stack trace shows them. */
    default String messageOf(Throwable error) {
        String message = String.valueOf(error.getMessage());
        return error.getCause() == null ? message : message + " < " + messageOf(error.getCause());
    }
}
