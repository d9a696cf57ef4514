package dev.tidemark.tools.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import org.jspecify.annotations.Nullable;

/** JSON whose text is safe on a terminal too: what {@link Escape} escapes is escaped here. */
public final class JsonText extends CharacterEscapes {
  private static final long serialVersionUID = 1L;
  private static final int DELETE = 0x7f;

  private final int[] ascii = standardAsciiEscapesForJSON();

  private JsonText() {
    ascii[DELETE] = ESCAPE_STANDARD;
  }

  /** Writes JSON of any size; leaves the writer under it open. */
  public static JsonFactory factory() {
    JsonFactory factory = new JsonFactory();
    factory.disable(StreamWriteFeature.AUTO_CLOSE_TARGET.mappedFeature());
    factory.setCharacterEscapes(new JsonText());
    return factory;
  }

  @Override
  public int[] getEscapeCodesForAscii() {
    return ascii.clone();
  }

  @Override
  public @Nullable SerializableString getEscapeSequence(int c) {
    boolean unsafe = c <= Character.MAX_VALUE && Escape.unsafe((char) c);
    return unsafe ? new SerializedString(String.format("\\u%04x", c)) : null;
  }
}
