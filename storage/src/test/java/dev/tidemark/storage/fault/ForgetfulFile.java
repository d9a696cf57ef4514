package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a disk has of a file whose newest bytes are in the page cache. A force that fails leaves
 * pages unsaved and makes the kernel believe that they are saved: no later force writes them, until
 * they change again.
 */
final class ForgetfulFile implements Forgetful {
  private Path path;
  private Content saved = Content.EMPTY;
  private Content believed = Content.EMPTY;
  private @Nullable Content last;

  ForgetfulFile(Path path) {
    this.path = path;
  }

  /** A file that is on the disk as it is. */
  static ForgetfulFile saved(Path path) throws IOException {
    ForgetfulFile file = new ForgetfulFile(path);
    file.forced(file.cached());
    return file;
  }

  @Override
  public void moved(Path to) {
    path = to;
  }

  @Override
  public void gone() throws IOException {
    last = cached();
  }

  /** What the page cache has. */
  Content cached() throws IOException {
    return last == null ? Content.of(path) : last;
  }

  @Override
  public boolean isSaved() throws IOException {
    Content content = cached();
    return saved.length() == content.length() && saved.sameAs(content, 0, (int) content.length());
  }

  /** A force has ended that began when the file had this content. */
  void forced(Content content) {
    if (saved == believed) {
      saved = content;
    } else {
      for (int at = 0; at < Content.pagesEnd(content, believed); at += Content.PAGE_BYTES) {
        if (isDirty(content, at)) {
          saved = saved.with(content, at, at + Content.PAGE_BYTES);
        }
      }
      if (content.length() != believed.length()) {
        saved = saved.cutTo(content.length());
      }
    }
    believed = content;
  }

  /** A force has failed that began when the file had this content. */
  void lost(Content content) {
    believed = content;
  }

  /**
   * The file was emptied: all that comes now is new to the kernel, also if it is the same again.
   */
  void emptied() {
    believed = Content.EMPTY;
  }

  private boolean isDirty(Content content, int at) {
    return !content.sameAs(believed, at, at + Content.PAGE_BYTES);
  }

  @Override
  public void build(Path target, Chance chance) throws IOException {
    Content content = cached();
    Content found = saved;
    if (content.length() != believed.length()) {
      found = found.cutTo(chance.between(saved.length(), content.length()));
    }
    for (int page = 0; page < Content.pagesEnd(content, believed); page += Content.PAGE_BYTES) {
      if (isDirty(content, page)) {
        found = torn(found, content, page, chance);
      }
    }
    found.writeTo(target);
  }

  private static Content torn(Content found, Content content, int page, Chance chance) {
    Content result = found;
    for (int at = page; at < page + Content.PAGE_BYTES; at += chance.tornAt()) {
      if (chance.isThere()) {
        result = result.with(content, at, at + chance.tornAt());
      }
    }
    return result;
  }
}
