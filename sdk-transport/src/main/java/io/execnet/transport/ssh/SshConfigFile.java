package io.execnet.transport.ssh;

import io.execnet.core.XSpecException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Takes from a configuration file what holds for one host. {@code Include} is followed; of {@code
 * Match} the criteria all, host, originalhost, user and localuser are known, and a block with
 * another one is left out with a warning. Options that are not known are left out as well: the file
 * is there for more programs than this.
 */
final class SshConfigFile {

  private static final Logger LOG = Loggers.getLogger(SshConfigFile.class);

  private static final int MAX_DEPTH = 16;

  private final SshSettings settings;
  private final SshConfig config;
  private final String alias;
  private final Path includeFolder;

  /**
   * Prepares it.
   *
   * @param alias the host as the user wrote it
   * @param includeFolder where an include that names no folder is
   */
  SshConfigFile(SshSettings settings, SshConfig config, String alias, Path includeFolder) {
    this.settings = settings;
    this.config = config;
    this.alias = alias;
    this.includeFolder = includeFolder;
  }

  /** Reads a file, which has to be there. Blocks. */
  void read(Path file) {
    read(file, true, 0);
  }

  private void read(Path file, boolean active, int depth) {
    if (depth > MAX_DEPTH) {
      throw new XSpecException(file + " is included too deep, perhaps by itself");
    }
    List<String> lines;
    try {
      lines = Arrays.asList(Files.readString(file, StandardCharsets.UTF_8).split("\n", -1));
    } catch (IOException e) {
      throw new XSpecException("can't read the SSH configuration " + file + ": " + e);
    }
    boolean applies = active;
    for (int i = 0; i < lines.size(); i++) {
      ConfigLine line = ConfigLine.parse(lines.get(i));
      if (line == null) {
        continue;
      }
      String where = file + " line " + (i + 1);
      String keyword = line.keyword().toLowerCase(Locale.ROOT);
      switch (keyword) {
        case "host" -> applies = active && HostPattern.anyMatches(line.words(), alias);
        case "match" -> applies = active && matches(line.words(), where);
        case "include" -> {
          for (String pattern : line.words()) {
            for (Path included : included(pattern)) {
              read(included, applies, depth + 1);
            }
          }
        }
        default -> {
          if (applies && SshKeywords.isSupported(keyword)) {
            if (line.words().isEmpty()) {
              throw new XSpecException(where + ": " + line.keyword() + " has no value");
            }
            config.add(keyword, line.words(), where);
          }
        }
      }
    }
  }

  private boolean matches(List<String> words, String where) {
    boolean all = true;
    for (int i = 0; i < words.size(); i++) {
      boolean negated = words.get(i).startsWith("!");
      String criterion = words.get(i).substring(negated ? 1 : 0).toLowerCase(Locale.ROOT);
      if (criterion.equals("all")) {
        continue;
      }
      String text =
          switch (criterion) {
            case "host" -> config.text(SshKeywords.HOST_NAME).orElse(alias).replace("%h", alias);
            case "originalhost" -> alias;
            case "user" -> config.text(SshKeywords.USER).orElse(settings.user());
            case "localuser" -> settings.user();
            default -> "";
          };
      if (text.isEmpty() || i + 1 == words.size()) {
        LOG.warn(where + ": Match " + words.get(i) + " is not supported, the block is left out");
        return false;
      }
      i++;
      all &= negated != HostPattern.anyMatches(List.of(words.get(i).split(",")), text);
    }
    return all;
  }

  private List<Path> included(String pattern) {
    Path path = pattern.startsWith("~") ? settings.path(pattern) : includeFolder.resolve(pattern);
    Path name = path.getFileName();
    Path folder = path.getParent();
    if (name == null || folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, name.toString())) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new XSpecException("can't look for the SSH configuration " + path + ": " + e);
    }
    Collections.sort(files);
    return files;
  }
}
