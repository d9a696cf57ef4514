package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.tools.words.MembersChange;
import dev.tidemark.tools.words.MembersView;
import dev.tidemark.tools.words.RingChange;
import dev.tidemark.tools.words.RingView;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a served store shows of its cluster, and lets change: the same for who asks and who answers.
 *
 * @param <V> how it is shown
 * @param <C> a change of it
 */
public final class ClusterResource<V, C> {
  /** Who belongs to the cluster. */
  public static final ClusterResource<MembersView, MembersChange> MEMBERS =
      new ClusterResource<>(
          "/members",
          MembersView.class,
          "the answer is no list of members",
          MembersChange.class,
          "body is no change of members",
          "{\"op\":\"admit\",\"replica\":\"2\"}");

  /** Who owns which keys. */
  public static final ClusterResource<RingView, RingChange> RING =
      new ClusterResource<>(
          "/ring",
          RingView.class,
          "the answer is no ring",
          RingChange.class,
          "body is no change of a ring",
          "{\"op\":\"join\",\"name\":\"d\"}");

  private final String path;
  private final Class<V> view;
  private final String noView;
  private final Class<C> change;
  private final String noChange;
  private final String example;

  /**
   * One under a path.
   *
   * @param noView what is said of an answer that is none
   * @param noChange what is said of a body that is none
   * @param example a body that is one
   */
  private ClusterResource(
      String path, Class<V> view, String noView, Class<C> change, String noChange, String example) {
    this.path = path;
    this.view = view;
    this.noView = noView;
    this.change = change;
    this.noChange = noChange;
    this.example = example;
  }

  /**
   * As the store has it that is served under a URL.
   *
   * @throws StoreUnusableException if nobody answers, or not as a store does
   */
  public V get(URI url, @Nullable String token) {
    try {
      return Views.JSON.treeToValue(StatusClient.ask(url, path, token, null), view);
    } catch (JsonProcessingException e) {
      throw StatusClient.unusable(url, noView, e);
    }
  }

  /**
   * Has the store change it.
   *
   * @throws StoreUnusableException if it does not, or nobody answers
   */
  public void change(URI url, @Nullable String token, C wanted) {
    String body = Answer.text(json -> Views.JSON.writeValue(json, wanted));
    StatusClient.ask(url, path, token, body);
  }

  /** The change that somebody asks for. */
  C change(byte[] body) throws IOException {
    return Views.read(body, change, noChange, example);
  }
}
