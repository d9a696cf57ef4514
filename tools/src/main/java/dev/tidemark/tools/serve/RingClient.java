package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Asks a served store for its ring, and for a change of it. */
public final class RingClient {
  private static final String PATH = "/ring";

  private RingClient() {}

  /**
   * The ring of the store that is served under a URL.
   *
   * @throws StoreUnusableException if nobody answers, or not as a store does
   */
  public static RingView get(URI url, @Nullable String token) {
    try {
      return RingJson.view(StatusClient.ask(url, PATH, token, null));
    } catch (JsonProcessingException e) {
      throw StatusClient.unusable(url, "the answer is no ring", e);
    }
  }

  /**
   * Has the store change it.
   *
   * @throws StoreUnusableException if it does not, or nobody answers
   */
  public static void change(URI url, @Nullable String token, RingChange change) {
    StatusClient.ask(url, PATH, token, RingJson.text(change));
  }
}
