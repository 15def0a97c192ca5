package dev.twinbox.protocol.wire.twin;

/**
 * Something that the peer cannot go on with.
 *
 * @param reach how much of the run it ends
 * @param code what kind of trouble
 * @param text for people, on one line; at most {@value TwinLimits#FAILURE_TEXT_MAX} characters. What is longer is cut, and
 *     what is no plain character is replaced
 */
public record TwinFailure(Reach reach, Code code, String text) {
    /** How much of the run a failure ends. */
    public enum Reach {
        MAIL,
        MAILBOX,
        SESSION
    }

    /** Kinds of trouble. */
    public enum Code {
        /** Not said, or not known here. */
        OTHER,
        /** The speaker has itself trouble. */
        INTERNAL,
        /** What the other end has said breaks the protocol. */
        PROTOCOL,
        /** The mail or mailbox is not there any more. */
        GONE
    }

    public TwinFailure {
        text = plain(text);
    }

    /** Text from a peer ends in messages and logs: nothing in it may act there. */
    private static String plain(String text) {
        int length = Math.min(text.length(), TwinLimits.FAILURE_TEXT_MAX);
        StringBuilder plain = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean odd = Character.isISOControl(c)
                    || Character.isSurrogate(c)
                    || Character.getType(c) == Character.FORMAT
                    || c == '\u2028'
                    || c == '\u2029';
            plain.append(odd ? '?' : c);
        }
        return plain.toString();
    }
}
