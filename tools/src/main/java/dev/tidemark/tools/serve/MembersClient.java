package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.tools.words.MembersChange;
import dev.tidemark.tools.words.MembersView;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Asks a served store for the members of its cluster, and for a change of them. */
public final class MembersClient {
  private static final String PATH = "/members";

  private MembersClient() {}

  /**
   * The members that the store knows of which is served under a URL.
   *
   * @throws StoreUnusableException if nobody answers, or not as a store does
   */
  public static MembersView get(URI url, @Nullable String token) {
    try {
      return MembersJson.view(StatusClient.ask(url, PATH, token, null));
    } catch (JsonProcessingException e) {
      throw StatusClient.unusable(url, "the answer is no list of members", e);
    }
  }

  /**
   * Has the store change them.
   *
   * @throws StoreUnusableException if it does not, or nobody answers
   */
  public static void change(URI url, @Nullable String token, MembersChange change) {
    StatusClient.ask(url, PATH, token, MembersJson.text(change));
  }
}
