//! Russian.

mod help;
mod rooms;
mod terms;

pub(super) use rooms::ROOMS;

use super::{Messages, plural::russian};

pub(super) const MESSAGES: Messages = Messages {
    skip: "К содержанию",
    nav_main: "Разделы",
    nav_create: "Создать",
    nav_pictures: "Снимки",
    nav_avatars: "Аватары",
    nav_help: "Помощь",
    nav_settings: "Настройки",
    nav_more: "Ещё",
    language: "Язык",
    notices: "Важное",
    messages: "Сообщения",
    demo: "Демо",
    demo_why: "рисунки",
    close: "Закрыть",
    offline: "Нет сети.",
    offline_why: "Ваши снимки здесь. Новые начнутся, когда появится сеть.",
    no_storage: "Здесь ничего не сохраняется.",
    no_storage_why: "Снимки пропадут, когда вы закроете вкладку. Сохраняйте нужные.",
    storage_full: "Место кончилось.",
    storage_full_why: "Новые снимки ждут у fal.ai, пока не \
         появится место. Удалите старые или скачайте новые.",
    no_server: "Сервер студии не отвечает.",
    no_server_why: "Ваши снимки здесь. Новым придётся подождать, пока он вернётся.",
    composer: "Новый снимок",
    who: "Кто",
    manage: "Все аватары",
    add: "Добавить",
    what: "Что показать",
    prompt_placeholder: "место, одежда, свет, настроение",
    prompt_count: |typed| {
        let characters = russian(typed, "знак", "знака", "знаков");
        format!("{}\u{A0}{characters} из 16\u{A0}000", grouped(typed))
    },
    clear: "Очистить",
    trigger_why: "На этих словах аватар обучен. Мы добавим их сами, писать не нужно.",
    trigger_inside: |trigger| format!("«{trigger}» уже есть в вашем тексте"),
    trigger_none: "У этого аватара нет своего слова",
    sent_label: "Будет отправлено:",
    sent_empty: "пока ничего. Напишите, что показать.",
    sent_wrong: "ничего, пока есть ошибка.",
    sent_nobody: "пока ничего. Сначала добавьте аватар.",
    origin_avatar: "от аватара",
    origin_you: "ваши слова",
    merged: |head| format!("от аватара, вместо вашего «{head}»"),
    first_prompt: "в красном шерстяном пальто на морозной набережной, низкое утреннее солнце",
    how: "Как",
    presets_all: "Все 8",
    our_estimate: "* Наша оценка: fal.ai не сообщает, сколько это занимает.",
    only_artistic: "Только для стиля",
    steps_more: |more| match more {
        ..=-1 => "меньше деталей",
        0 => "столько же деталей",
        1..=5 => "чуть больше деталей",
        6..=15 => "больше деталей",
        16.. => "намного больше деталей",
    },
    likeness_of: |tenths| match tenths {
        ..=-2 => "меньше\u{A0}сходства",
        -1 => "чуть\u{A0}меньше\u{A0}сходства",
        0 => "то же сходство",
        1 => "чуть\u{A0}больше\u{A0}сходства",
        2 => "больше\u{A0}сходства",
        3.. => "намного больше сходства",
    },
    style_of: |tenths| match tenths {
        ..=-2 => "стиль\u{A0}слабее",
        -1 => "стиль чуть слабее",
        0 => "тот же стиль",
        1 => "стиль чуть сильнее",
        2 => "стиль\u{A0}сильнее",
        3.. => "стиль намного сильнее",
    },
    tolerance_of: "фильтр мягче",
    baseline: "золотая середина",
    seconds: |low, high| format!("{low}–{high}\u{A0}с"),
    details: "Дополнительно",
    details_yours: |count| format!("изменено: {count}"),
    from_preset: |preset| format!("как в режиме «{preset}»"),
    reset_all: "Сбросить всё",
    width: "Ширина",
    height: "Высота",
    seed: "Вариант (seed)",
    request: "Для экспертов",
    make: |count| format!("Сделать {}", pictures(count.into())),
    about: |cost| format!("около\u{A0}{cost}"),
    cost_unknown: "цена неизвестна",
    sending: "Отправляем…",
    cost_hint: |low, high, source, as_of| {
        let most = if low == high { String::new() } else { format!(", не больше {high}") };
        format!("Около {low}{most}. Цена: {}, {as_of}", price_source(source))
    },
    reasons: |count| match count {
        1 => "Сначала одна поправка".to_owned(),
        2 => "Сначала две поправки".to_owned(),
        3 => "Сначала три поправки".to_owned(),
        4 => "Сначала четыре поправки".to_owned(),
        5 => "Сначала пять поправок".to_owned(),
        _ => {
            let fixes = russian(count, "поправка", "поправки", "поправок");
            format!("Сначала {count}\u{A0}{fixes}")
        }
    },
    demo_else: |price| format!("Демо: нарисуем здесь, бесплатно. С настоящими снимками: {price}"),
    use_value: |value| {
        let is_name = value.starts_with(char::is_alphabetic);
        if is_name { format!("Взять «{value}»") } else { format!("Взять {value}") }
    },
    remove: "Убрать",
    turn_off: "Выключить",
    sheet: "Новые снимки",
    pictures_count: pictures,
    all_pictures: "Все снимки",
    jobs: "В работе",
    part_missing: "Часть студии не загрузилась.",
    part_missing_why: "Проверьте сеть и повторите. Ничего не потеряно.",
    part_missing_order: "Ничего не заказано и не списано. Проверьте сеть и повторите.",
    storage_failed: "Браузер не смог это сохранить. Оно пропадёт, когда вы закроете вкладку.",
    try_again: "Повторить",
    print_lost: "Файл пропал",
    empty_title: "Здесь появятся ваши снимки",
    empty_demo: "Вера – нарисованный аватар, на нём можно попробовать. Первый снимок уже описан: нажмите кнопку. Это бесплатно.",
    empty_live: "Выберите аватар, напишите, что показать, и \
         нажмите кнопку. До этого ничего не отправляется.",
    first_picture: "Первый снимок",
    add_mine: "Мой аватар",
    preset: "Режим",
    cost: "Цена",
    undo: "Вернуть",
    avatar_new: "Новый аватар",
    avatar_edit: "Изменить аватар",
    avatar_deleted: |name| format!("Аватар «{name}» удалён"),
    avatar_copy: |name| format!("{name}, копия"),
    avatar_name: "Имя",
    avatars_empty: "Сначала добавьте аватар",
    imported: |count| {
        let added = russian(count, "Добавлен", "Добавлено", "Добавлено");
        let avatars = russian(count, "аватар", "аватара", "аватаров");
        format!("{added} {count}\u{A0}{avatars}.")
    },
    updated: "Likeness обновилась.",
    updated_why: "Обновите страницу, чтобы продолжить. Всё, что сохранено, останется.",
    reload: "Обновить",
    import_skipped: |count| {
        let entries = russian(count, "запись", "записи", "записей");
        format!("{count}\u{A0}{entries} пропустили: это не аватары.")
    },
    theme: "Оформление",
    check_title: "Самопроверка",
    about_title: "О Likeness",
    not_found: "Здесь ничего нет",
    kilobytes: "КБ",
    megabytes: "МБ",
    gigabytes: "ГБ",
    preset_words: terms::preset,
    field_name: terms::field,
    reason: terms::reason,
    limit_range: |min, max| format!("От {min} до {max}."),
    demo_pair: "Вернуть Веру",
    avatar_first_why: "Аватар знает лицо или стиль, которому его обучили на fal.ai.",
    first_prompt_english: "in a red wool coat on a frosty embankment, low morning sun",
    english_best: "Модели лучше понимают по-английски.",
    in_english: "По-английски:",
    use_english: "Взять перевод",
    understood: "Понятно",
    cleared: "Текст стёрт.",
    edits_reset: "Ваши изменения отменены.",
    half_at: |place| {
        format!("На месте {place} осталась половина знака, например разрезанного эмодзи.")
    },
};

fn pictures(count: usize) -> String {
    format!("{}\u{A0}{}", grouped(count), russian(count, "снимок", "снимка", "снимков"))
}

/// Four digits stand together, as Russian sets them.
fn grouped(number: usize) -> String {
    fn triples(number: usize) -> String {
        match number {
            0..1000 => number.to_string(),
            _ => format!("{}\u{A0}{:03}", triples(number / 1000), number % 1000),
        }
    }
    if number < 10_000 { number.to_string() } else { triples(number) }
}

fn duration(seconds: u64) -> String {
    match seconds {
        0..180 => format!("{seconds}\u{A0}с"),
        180..7200 => format!("{}\u{A0}мин", seconds / 60),
        7200..172_800 => format!("{}\u{A0}ч", seconds / 3600),
        _ => format!("{}\u{A0}дн.", seconds / 86_400),
    }
}

/// The price table names its sources in English.
fn price_source(source: &str) -> &str {
    match source {
        "fal.ai model page" => "страница модели на fal.ai",
        "third-party price list" => "сторонний прайс-лист",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::MESSAGES as t;
    use super::ROOMS;

    fn plain(text: String) -> String {
        text.replace('\u{A0}', " ")
    }

    #[test]
    fn nouns_and_verbs_follow_the_number() {
        assert_eq!(plain((t.make)(1)), "Сделать 1 снимок");
        assert_eq!(plain((t.make)(4)), "Сделать 4 снимка");
        assert_eq!(plain((ROOMS.deleted)(21)), "Удалён 21 снимок");
        assert_eq!(plain((ROOMS.deleted)(11)), "Удалено 11 снимков");
        assert_eq!(plain((t.prompt_count)(1)), "1 знак из 16 000");
        assert_eq!(plain((t.imported)(1)), "Добавлен 1 аватар.");
        assert!(plain((ROOMS.import_pins)(21)).starts_with("У 21 аватара "));
        assert_eq!((t.reasons)(2), "Сначала две поправки");
        assert_eq!(plain((t.reasons)(21)), "Сначала 21 поправка");
    }

    #[test]
    fn four_digits_stand_together_and_five_do_not() {
        assert_eq!(plain((t.pictures_count)(1000)), "1000 снимков");
        assert_eq!(plain((t.pictures_count)(1_010_002)), "1 010 002 снимка");
    }

    #[test]
    fn the_source_of_every_price_is_said_in_russian() {
        let hint = |source| (t.cost_hint)("$0,07", "$0,14", source, "22 ноября 2026");
        assert_eq!(
            hint("fal.ai model page"),
            "Около $0,07, не больше $0,14. Цена: страница модели на fal.ai, 22 ноября 2026"
        );
        assert!(hint("third-party price list").contains("прайс-лист"));
    }
}
