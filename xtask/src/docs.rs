//! The pages for people: every link leads somewhere, every command and file exists, none is too long,
//! and the translations of the README keep in step with it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::failure::{Doing, Failure, Outcome};
use crate::project::Project;

/// What a page of Markdown says that can be wrong.
#[derive(Debug, Default, Eq, PartialEq)]
struct Page {
    /// The levels of its headings.
    levels: Vec<u8>,
    /// The names by which its headings can be linked to.
    anchors: BTreeSet<String>,
    /// Where its links and pictures lead.
    links: Vec<String>,
    /// Its blocks of code, with their language.
    blocks: Vec<(String, String)>,
    /// Its code between words.
    codes: Vec<String>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Self::default();
        let (mut heading, mut block) = (None::<String>, None::<String>);
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    page.levels.push(level as u8);
                    heading = Some(String::new());
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some(title) = heading.take() {
                        page.anchors.insert(anchor(&title));
                    }
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(dest_url.into_string());
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    block = Some(match kind {
                        CodeBlockKind::Fenced(language) => language.into_string(),
                        CodeBlockKind::Indented => String::new(),
                    });
                    page.blocks.push((block.clone().unwrap_or_default(), String::new()));
                }
                Event::End(TagEnd::CodeBlock) => block = None,
                Event::Text(text) | Event::Code(text) if heading.is_some() => {
                    if let Some(title) = &mut heading {
                        title.push_str(&text);
                    }
                }
                Event::Text(text) if block.is_some() => {
                    if let Some((_, code)) = page.blocks.last_mut() {
                        code.push_str(&text);
                    }
                }
                Event::Code(text) => page.codes.push(text.into_string()),
                _ => {}
            }
        }
        page
    }

    /// The commands of the project that the page names, such as `cargo xtask bench core`.
    fn commands(&self) -> impl Iterator<Item = &str> {
        let blocks = self.blocks.iter().flat_map(|(_, code)| code.lines());
        blocks.chain(self.codes.iter().map(String::as_str)).filter_map(|line| {
            let (_, command) = line.split_once("cargo xtask ")?;
            Some(command.split("  ").next().unwrap_or(command).trim())
        })
    }
}

/// The name that GitHub gives a heading for links.
fn anchor(title: &str) -> String {
    let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Reads every page that is kept with the code, and says all that is wrong at once.
pub(crate) fn docs(project: &Project, commands: &str) -> Outcome<()> {
    let mut wrong = String::new();
    for path in pages(project.root())? {
        let text = read(&path)?;
        let page = Page::read(&text);
        let mut complaints = broken_links(&path, &page)?;
        complaints.extend(unknown(&page, commands));
        complaints.extend(missing_files(project.root(), &path, &page));
        if path == project.path("DESIGN.md") {
            complaints.extend(too_long(&text, DESIGN_WORDS, "beside the code"));
        } else if path.ends_with("DESIGN.md") {
            complaints.extend(long_answers(&text));
        }
        for complaint in complaints {
            let _ = writeln!(wrong, "  {}: {complaint}", path.display());
        }
    }
    let readme = read(&project.path("README.md"))?;
    for complaint in
        differences(&Page::read(&readme), &Page::read(&read(&project.path("README.ru.md"))?))
    {
        let _ = writeln!(wrong, "  README.ru.md: {complaint}");
    }
    if let Some(complaint) = too_long(&readme, README_WORDS, "in docs/") {
        let _ = writeln!(wrong, "  README.md: {complaint}");
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("the pages are wrong:\n{wrong}")))
    }
}

/// What a newcomer is asked to read.
const README_WORDS: usize = 1000;
/// The map of the project: one page.
const DESIGN_WORDS: usize = 1300;
/// What is longer holds two answers.
const ANSWER_WORDS: usize = 120;

/// Folders of what is built or fetched.
const BUILT: &[&str] = &["target", "node_modules", "dist", "pkg"];

/// The pages of Markdown below a folder, without those of others and those that are built.
fn pages(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).doing(format_args!("list {}", folder.display()))? {
        let path = entry.doing("list a folder")?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !name.starts_with('.') && !BUILT.contains(&&*name) {
                pages.extend(self::pages(&path)?);
            }
        } else if name.ends_with(".md") {
            pages.push(path);
        }
    }
    pages.sort();
    Ok(pages)
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).doing(format_args!("read {}", path.display()))
}

/// Links to files and headings that are not there. Other sites are not asked.
fn broken_links(path: &Path, page: &Page) -> Outcome<Vec<String>> {
    let mut broken = Vec::new();
    for link in page.links.iter().filter(|link| !link.contains("://")) {
        let (file, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = if file.is_empty() { path.to_path_buf() } else { path.with_file_name(file) };
        if !target.exists() {
            broken.push(format!("{link} leads nowhere"));
        } else if !heading.is_empty() && !Page::read(&read(&target)?).anchors.contains(heading) {
            broken.push(format!("{link} names no heading"));
        }
    }
    Ok(broken)
}

/// Folders by which a name in a text is known as that of a file of the project.
const FOLDERS: &[&str] =
    &["crates", "docs", "examples", "public", "src", "style", "tests", "xtask"];

/// Files that are named in the text, from the root or from the folder of the page, and are not there. `NAME` stands for any.
fn missing_files(root: &Path, path: &Path, page: &Page) -> Vec<String> {
    let here = path.parent().unwrap_or(root);
    let is_file = |code: &&String| {
        let is_ours = code.split_once('/').is_some_and(|(folder, _)| FOLDERS.contains(&folder));
        let is_plain = code.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        is_ours && is_plain && !code.contains("NAME")
    };
    let files = page.codes.iter().filter(is_file);
    files
        .filter(|file| !root.join(file).exists() && !here.join(file).exists())
        .map(|file| format!("there is no file `{file}`"))
        .collect()
}

/// Commands of the project that its own list does not have.
fn unknown(page: &Page, commands: &str) -> Vec<String> {
    let known: Vec<&str> =
        commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let is_known =
        |command: &&str| command.split_whitespace().next().is_none_or(|name| known.contains(&name));
    page.commands()
        .filter(|command| !is_known(command))
        .map(|command| format!("there is no `cargo xtask {command}`"))
        .collect()
}

/// That a page has more words than a reader is asked for.
fn too_long(text: &str, most: usize, elsewhere: &str) -> Option<String> {
    let words = text.split_whitespace().count();
    (words > most).then(|| format!("{words} words; more than {most} belong {elsewhere}"))
}

/// Answers of a page of questions, each under its heading, that are too long. Tables are not counted.
fn long_answers(text: &str) -> Vec<String> {
    let mut answers = vec![("the introduction", 0)];
    for line in text.lines() {
        if let Some(heading) =
            line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))
        {
            answers.push((heading, 0));
        } else if !line.starts_with('|')
            && let Some((_, words)) = answers.last_mut()
        {
            *words += line.split_whitespace().count();
        }
    }
    answers.retain(|(_, words)| *words > ANSWER_WORDS);
    let complain = |(heading, words)| {
        format!(
            "“{heading}” is answered in {words} words; more than {ANSWER_WORDS} are two answers"
        )
    };
    answers.into_iter().map(complain).collect()
}

/// Where a translation says something else than its original: headings, links and commands are the same in each.
fn differences(original: &Page, translation: &Page) -> Vec<String> {
    let links = |page: &Page| {
        let is_own = |link: &&String| link.starts_with("README") || link.contains("/shots/");
        let others = page.links.iter().filter(|link| !is_own(link));
        others.cloned().collect::<Vec<_>>()
    };
    // Comments are translated.
    let commands = |page: &Page| {
        let shell = page.blocks.iter().filter(|(language, _)| language == "sh");
        shell
            .flat_map(|(_, code)| code.lines())
            .map(|line| line.split('#').next().unwrap_or(line).trim().to_owned())
            .collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    if original.levels != translation.levels {
        found.push(format!("its headings are {:?}, not {:?}", translation.levels, original.levels));
    }
    if links(original) != links(translation) {
        found.push(format!("its links are {:?}, not {:?}", links(translation), links(original)));
    }
    if commands(original) != commands(translation) {
        found.push(format!(
            "its commands are {:?}, not {:?}",
            commands(translation),
            commands(original)
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_for_what_can_be_wrong() {
        let page = Page::read(
            "# A *title*, `b_c`!\n\n[to](x.md#y) ![p](p.png)\n\n```sh\ncargo xtask run     # serve\n```\n\nSay `cargo xtask nothing`.\n",
        );
        assert_eq!(page.levels, [1]);
        assert!(page.anchors.contains("a-title-b_c"), "{:?}", page.anchors);
        assert_eq!(page.links, ["x.md#y", "p.png"]);
        assert_eq!(page.commands().collect::<Vec<_>>(), ["run", "nothing"]);
        assert_eq!(
            unknown(&page, "  run [--listen ADDR]   serve"),
            ["there is no `cargo xtask nothing`"]
        );
    }

    #[test]
    fn a_link_to_a_missing_file_or_heading_is_found() {
        let readme = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
        let page = Page::read(
            "[a](LICENSE-MIT) [b](none.md) [c](docs/api.md#never-twice) [d](docs/api.md#often) [e](https://fal.ai)",
        );
        let broken = broken_links(readme, &page).unwrap();
        assert_eq!(broken, ["none.md leads nowhere", "docs/api.md#often names no heading"]);
    }

    #[test]
    fn a_file_that_is_named_has_to_be_there() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let page = Page::read(
            "`xtask/src/docs.rs` `src/docs.rs` `src/none.rs` `src/ui/NAME.rs` `crates/*/src` `none.rs`",
        );
        let here = root.join("xtask/DESIGN.md");
        assert_eq!(missing_files(root, &here, &page), ["there is no file `src/none.rs`"]);
    }

    #[test]
    fn an_answer_has_at_most_120_words_without_its_tables() {
        let words = |count| "word ".repeat(count);
        let page = |count| {
            format!(
                "# A\n\nB.\n\n## Why?\n\n{}\n\n| {}|\n\n### C\n\n{}\n",
                words(count),
                words(200),
                words(120)
            )
        };
        assert!(long_answers(&page(120)).is_empty());
        assert_eq!(
            long_answers(&page(121)),
            ["“Why?” is answered in 121 words; more than 120 are two answers"]
        );
    }

    #[test]
    fn a_page_has_at_most_its_words() {
        assert_eq!(too_long("one two", 2, "in docs/"), None);
        assert_eq!(
            too_long("one two three", 2, "in docs/").as_deref(),
            Some("3 words; more than 2 belong in docs/")
        );
    }

    #[test]
    fn a_translation_keeps_headings_links_and_commands() {
        let original = Page::read(
            "# A\n\n![](docs/shots/en.webp) [other](README.ru.md) [a](b.md)\n\n```sh\ncargo xtask run # serve\n```\n",
        );
        let good = Page::read(
            "# А\n\n[другой](README.md) [а](b.md)\n\n```sh\ncargo xtask run # служить\n```\n",
        );
        assert!(differences(&original, &good).is_empty());
        let bad = Page::read("## А\n\n[а](c.md)\n");
        assert_eq!(differences(&original, &bad).len(), 3);
    }
}
