//! Russian.

mod help;
mod terms;

use super::{Messages, plural::russian};

pub(super) const MESSAGES: Messages = Messages {
    skip: "К содержанию",
    nav_main: "Разделы",
    nav_create: "Создать",
    nav_pictures: "Снимки",
    nav_avatars: "Аватары",
    nav_help: "Помощь",
    nav_settings: "Настройки",
    nav_check: "Самопроверка",
    nav_about: "О программе",
    nav_more: "Ещё",
    language: "Язык",
    notices: "Важное",
    messages: "Сообщения",
    demo: "Демо",
    demo_why: "нарисовано, не снято",
    close: "Закрыть",
    reload: "Обновить",
    offline: "Нет сети.",
    offline_why: "Ваши снимки здесь. Новые начнутся, когда сеть вернётся.",
    no_storage: "Браузер не даёт ничего сохранить.",
    no_storage_why: "Снимки пропадут, когда вы закроете вкладку. Скачивайте нужные.",
    storage_full: "Место кончилось.",
    storage_full_why: "Новые снимки пропадут, когда вы \
         закроете вкладку. Удалите старые или скачайте новые.",
    no_server: "Сервер студии не отвечает.",
    no_server_why: "Ваши снимки здесь. Новым придётся подождать, пока он вернётся.",

    composer: "Новый снимок",
    who: "Кто",
    manage: "Все аватары",
    add: "Новый",
    portrait: "Портрет",
    artistic: "Стиль",
    not_ready: "Не готов",
    what: "Что показать",
    prompt_placeholder: "место, одежда, свет, настроение",
    prompt_count: |typed| {
        let characters = russian(typed, "знак", "знака", "знаков");
        format!("{}\u{A0}{characters} из 16\u{A0}000", grouped(typed))
    },
    clear: "Очистить",
    trigger_why: "Этим словам аватар учили. Их добавим мы, писать их не нужно.",
    trigger_inside: |trigger| format!("«{trigger}» уже есть в вашем тексте"),
    trigger_none: "У этого аватара нет слова-триггера",
    sent_label: "Будет отправлено:",
    sent_empty: "пока ничего. Напишите, что показать.",
    origin_avatar: "от аватара",
    origin_you: "ваши слова",
    merged: |head| format!("слито: вместо «{head}» стоит фраза аватара"),
    first_prompt: "in a red wool coat on a frosty embankment, low morning sun",
    how: "Как",
    our_estimate: "* наша оценка: опубликованных данных нет",
    only_artistic: "Только для аватара-стиля",
    only_artistic_long: "«Ультра» – только для аватара-стиля.",
    steps_more: |more| {
        let count = more.unsigned_abs() as usize;
        let steps = russian(count, "шаг", "шага", "шагов");
        match more {
            0 => "столько же шагов".to_owned(),
            1.. => format!("на {count}\u{A0}{steps} больше"),
            _ => format!("на {count}\u{A0}{steps} меньше"),
        }
    },
    likeness_of: |likeness| format!("сходство {likeness}"),
    tolerance_of: |tolerance| format!("допуск {tolerance}"),
    baseline: |steps, likeness| {
        let noun = russian(steps.into(), "шаг", "шага", "шагов");
        format!("{steps}\u{A0}{noun}, сходство {likeness}")
    },
    ultra_quality: "Качество «Ультра»",
    ultra_hint: |pixels| format!("{pixels}, 60–90\u{A0}с, шаги и точность не настраиваются"),
    legacy: "Этой модели больше нет в списке fal.ai. Если \
         не сработает, включите качество «Ультра».",
    seconds: |low, high| format!("{low}–{high}\u{A0}с"),
    details: "Подробности",
    details_yours: |count| format!("изменено: {count}"),
    yours: "ваше",
    pinned: "закреплено",
    from_preset: |value| format!("Как в пресете: {value}"),
    reset_all: |preset| format!("Вернуть «{preset}»"),
    shape: "Форма",
    own_size: "Свой",
    width: "Ширина",
    height: "Высота",
    pixels: "точек",
    count: "Снимков",
    seed: "Зерно",
    seed_random: "каждый раз новое",
    seed_keep: "Оставить это зерно",
    seed_new: "Новое случайное зерно",
    seed_last: "Зерно последнего снимка",
    seed_hint: "То же зерно и те же настройки дают тот же снимок.",
    format: "Файл",
    tolerance: "Допуск фильтра",
    tolerance_strict: "самый строгий",
    tolerance_usual: "обычный",
    tolerance_loose: "самый мягкий",
    checker: "Проверка снимков",
    checker_hint: "Снимок, который fal.ai сочтёт недопустимым, придёт чёрным.",
    raw: "Без глянца",
    raw_hint: "Меньше обработки, ближе к любительскому снимку.",
    request: "Запрос",
    copy: "Копировать",
    copied: "Скопировано",
    copy_failed: "Не удалось скопировать. Выделите текст и скопируйте сами.",
    left_out: |keys| format!("Не отправляется, эта модель такого не принимает: {keys}"),
    request_blocked: "Запрос появится здесь, когда всё будет в порядке.",
    make: |count| format!("Сделать {}", pictures(count.into())),
    about: |cost| format!("около {cost}"),
    cost_unknown: "цена неизвестна",
    ready_hint: "Всё проверено. До нажатия ничего не отправляется.",
    sending: "Отправляем…",
    cost_hint: |low, high, source, as_of| {
        let most = if low == high { String::new() } else { format!(", не больше {high}") };
        format!("Около {low}{most}. Цена: {}, {as_of}", price_source(source))
    },
    reasons: |count| match count {
        1 => "Сначала поправьте одну вещь".to_owned(),
        2 => "Сначала поправьте две вещи".to_owned(),
        3 => "Сначала поправьте три вещи".to_owned(),
        4 => "Сначала поправьте четыре вещи".to_owned(),
        5 => "Сначала поправьте пять вещей".to_owned(),
        _ => {
            let things = russian(count, "вещь", "вещи", "вещей");
            format!("Сначала поправьте {count}\u{A0}{things}")
        }
    },
    demo_free: "Демо: нарисуем здесь, бесплатно",
    use_value: |value| {
        let is_name = value.starts_with(char::is_alphabetic);
        if is_name { format!("Взять «{value}»") } else { format!("Взять {value}") }
    },
    remove: "Убрать",
    turn_off: "Выключить",
    undo_fix: "Вернуть",

    sheet: "Контактный лист",
    pictures_count: pictures,
    all_pictures: "Все снимки",
    jobs: "В работе",
    today: "Сегодня",
    yesterday: "Вчера",
    more: "Показать ещё",
    job_intended: "Готовим",
    job_waiting: "Ждёт сети",
    job_sent: "Отправляем",
    job_unknown: "Неизвестно, дошёл ли запрос",
    job_unknown_cost: |cost| match cost {
        "" => "Считаем, что деньги потрачены.".to_owned(),
        _ => format!("Считаем, что потрачено около {cost}."),
    },
    job_unknown_next: "Связь оборвалась при отправке. Снимок мог быть сделан, но забрать его \
         нельзя. Сами мы второй раз не отправим; вы можете, но рискуете заплатить дважды.",
    job_queued: |ahead| match ahead {
        0 => "Следующий в очереди".to_owned(),
        1 => "Второй в очереди".to_owned(),
        2 => "Третий в очереди".to_owned(),
        3 => "Четвёртый в очереди".to_owned(),
        4 => "Пятый в очереди".to_owned(),
        _ => format!("В очереди, впереди {}", grouped(ahead as usize)),
    },
    job_queued_somewhere: "В очереди",
    job_running: "Проявляется",
    job_slow: "Дольше обычного",
    job_saving: "Сохраняем",
    job_elapsed: |elapsed, low, high| format!("{}, обычно {low}–{high}\u{A0}с", duration(elapsed)),
    job_saved: |saved, all| format!("{saved} из {all} на этом устройстве"),
    job_cancelling: "Отменяем",
    job_cancelling_why: "Может успеть закончиться. Тогда снимок сохранится и будет засчитан.",
    job_cancelled: "Отменено",
    job_cancelled_why: "До начала работы, ничего не списано.",
    job_trouble: "Пока нет ответа. Мы спрашиваем снова, работа идёт.",
    job_full: "Снимки готовы, но место кончилось. Удалите старые, чтобы сохранить новые.",
    cancel: "Отменить",
    again: "Ещё раз",
    dismiss: "Скрыть",
    edit: "Изменить",
    for_experts: "Для знатоков",
    try_again: "Повторить",
    use_ultra: "Взять «Ультра»",
    open_avatar: "К аватару",
    cost_none: "Ничего не списано.",
    cost_maybe: |cost| match cost {
        "" => "Деньги могли списаться.".to_owned(),
        _ => format!("Могло списаться около {cost}."),
    },
    done_announce: |count| format!("Готово: {}.", pictures(count)),
    queued_announce: "Отправлено. Снимок в очереди.",
    failed_announce: |what| format!("Снимка нет. {what}"),
    blocked_announce: "Фильтр безопасности скрыл снимок.",
    print_blocked: "Скрыто фильтром",
    print_lost: "Файл пропал",
    print_corrupt: "Файл повреждён",
    blocked_why: "Фильтр безопасности fal.ai скрыл этот \
         снимок. Опишите иначе или возьмите другое зерно.",
    empty_title: "Здесь появятся ваши снимки",
    empty_demo: "Вера – нарисованный аватар, чтобы попробовать. Первый \
         снимок уже описан, осталось нажать кнопку. Это бесплатно.",
    empty_live: "Выберите аватар, напишите, что показать, и \
         нажмите кнопку. До этого ничего не отправляется.",
    first_picture: "Первый снимок",
    add_mine: "Мой аватар",
    pictures_empty: "Снимков пока нет. Первый появится здесь.",

    preset: "Пресет",
    size: "Размер",
    seed_used: "Зерно",
    cost: "Цена",
    file: "Файл",
    took: "Заняло",
    engine: "Модель",
    use_settings: "Повторить",
    download: "Скачать",
    delete: "Удалить",
    previous: "Предыдущий снимок",
    next: "Следующий снимок",
    copy_seed: "Скопировать зерно",
    deleted: |count| {
        let deleted = russian(count, "Удалён", "Удалено", "Удалено");
        format!("{deleted} {}", pictures(count))
    },
    undo: "Вернуть",
    viewer_when: |name, when| format!("{name}, {when}"),
    sent_prompt: "Что было отправлено",

    avatar_add: "Добавить",
    avatar_new: "Новый аватар",
    avatar_edit: "Изменить аватар",
    avatar_ready: "Готов",
    avatar_main: "Главный аватар",
    avatar_delete: |name| format!("Удалить: {name}"),
    avatar_duplicate: |name| format!("Сделать копию: {name}"),
    avatar_edit_named: |name| format!("Изменить: {name}"),
    avatar_deleted: |name| format!("Аватар «{name}» удалён"),
    avatar_saved: |name| format!("Аватар «{name}» сохранён"),
    avatar_copy: |name| format!("{name}, копия"),
    avatar_kind: "Вид",
    avatar_kind_hint: "Портрет: человек, по файлу LoRA. Стиль: манера, по ID дообучения.",
    avatar_name: "Имя",
    avatar_name_missing: "Дайте имя, по которому вы его узнаете.",
    avatar_word: "Слово-триггер",
    avatar_word_hint: "Слово, которому учили модель. Обычно TOK.",
    avatar_phrase: "Фраза-триггер",
    avatar_phrase_hint: "Целое начало с этим словом, например \
         «a photo of TOK person». Оно встаёт вместо слова.",
    optional: "необязательно",
    avatar_lora: "Файл LoRA",
    avatar_lora_hint: "Адрес файла .safetensors, который дало обучение. Начинается с https.",
    avatar_finetune: "ID дообучения",
    avatar_finetune_hint: "Код (finetune id), который дало обучение FLUX.1 [pro].",
    avatar_pin: "Закрепить сходство у этого аватара",
    avatar_pin_hint: "Закреплённое сходство не меняется ни с одним пресетом.",
    avatar_pinned: |likeness| format!("Сходство {likeness} закреплено"),
    avatar_trigger: |trigger| format!("триггер {trigger}"),
    avatar_no_trigger: "без слова-триггера",
    avatar_complete: "Дополнить",
    avatars_empty: "Аватаров пока нет",
    avatars_empty_why: "Аватар знает лицо или стиль, которому его \
         обучили на fal.ai. Добавьте свой или загрузите файл.",
    save: "Сохранить",
    import: "Импорт",
    export: "Экспорт",
    import_drop: "Перетащите сюда файл с аватарами",
    choose_file: "Выбрать файл",
    imported: |count| {
        let added = russian(count, "Добавлен", "Добавлено", "Добавлено");
        let avatars = russian(count, "аватар", "аватара", "аватаров");
        format!("{added} {count}\u{A0}{avatars}.")
    },
    import_pins: |count| {
        let avatars = russian(count, "аватара", "аватаров", "аватаров");
        format!("У {count}\u{A0}{avatars} своё сходство. Закрепить его или брать из пресетов?")
    },
    import_pins_keep: "Закрепить",
    import_pins_drop: "Из пресетов",
    import_too_large: "Файл слишком велик. Выберите тот, где только аватары.",
    import_not_json: "Этот файл не читается. Выберите тот, что получен экспортом аватаров.",
    import_none: "В файле нет аватаров. Ничего не изменилось.",
    import_skipped: |count| {
        let entries = russian(count, "запись", "записи", "записей");
        format!("{count}\u{A0}{entries} пропустили: это не аватары.")
    },

    theme: "Свет",
    theme_hint: "«Как в системе» следует за устройством.",
    theme_system: "Как в системе",
    theme_dark: "Тёмная комната",
    theme_light: "Световой стол",
    storage: "Место",
    storage_hint: |count, size| {
        format!(
            "{}, {size}. Если на диске кончится место, браузер может их стереть.",
            pictures(count)
        )
    },
    storage_of: |used, quota| format!("{used} из примерно {quota}"),
    storage_keep: "Хранить всегда",
    storage_kept: "Сам браузер их не сотрёт.",
    storage_not_kept: "Браузер не согласился. Скачайте снимки, которые вам дороги.",
    backup: "Копия",
    backup_hint: "Один файл с вашими аватарами. Снимки скачиваются по одному.",
    erase: "Стереть всё",
    erase_hint: "Аватары, снимки и настройки на этом устройстве.",
    erase_ask: "Стереть всё?",
    erase_ask_why: "Вернуть будет нельзя. Сами модели останутся там, где их обучали.",
    erase_keep: "Оставить",
    erased: "Всё стёрто.",
    erase_word: "Стереть",

    help_lead: "Аватар знает лицо или стиль. Вы пишете, что показать, \
         выбираете, как, и нажимаете кнопку. До этого ничего не отправляется.",
    contents: "Содержание",
    help_first: "Первый снимок",
    help_first_text: help::FIRST,
    help_portrait: "Портреты",
    help_portrait_text: help::PORTRAIT,
    help_artistic: "Аватары-стили",
    help_artistic_text: help::ARTISTIC,
    help_presets: "Восемь пресетов",
    help_presets_text: "Пресет задаёт все подробности сразу. То, что вы изменили сами, останется \
         и с другим пресетом. Время со звёздочкой – наша оценка: опубликованных данных нет.",
    help_good_for: "Для чего",
    help_route: "Модель",
    help_fields: "Каждая настройка",
    help_fields_text: "Что она делает, в каких пределах и \
         что отправится, если её никто не задал.",
    help_range: "Пределы",
    help_default: "Обычно",
    help_prompt: "Как из ваших слов получается запрос",
    help_prompt_text: help::PROMPT,
    help_cost: "Сколько это стоит",
    help_cost_text: help::COST,
    help_failures: "Если не получилось",
    help_failures_text: "Каждое сообщение говорит, что случилось, стоило ли это денег и \
         что делать дальше. Если работа могла начаться, сами мы её второй раз не отправим.",
    help_failure: "Что случилось",
    help_failure_next: "Что делать",
    help_keys: "Клавиши",
    help_key_make: "Сделать снимки",
    help_key_viewer: "Предыдущий и следующий снимок",
    help_tests: "Попробовать бесплатно",
    help_tests_text: "В демо снимки рисуются без fal.ai и ничего не стоят; на \
         каждом есть пометка. Самопроверка пробует пресеты, слова-триггеры и \
         хранилище на этом устройстве, ничего не отправляя и не тратя.",
    help_results: "Результаты проверки",
    help_setting: "Настройка",
    help_meaning: "Что делает",
    help_time: "Время",
    help_not_sent: "не отправляется",
    help_any: "любое",
    check_title: "Самопроверка",
    check_lead: "Проверяет эту копию Likeness на вашем устройстве. \
         На fal.ai ничего не отправляется, деньги не тратятся.",
    check_again: "Ещё раз",
    check_found: "Получилось:",
    check_storage_why: "Записанное не прочиталось обратно. Скачайте снимки, которые вам дороги.",
    check_run: "Проверить",
    check_passed: |passed, all| format!("Пройдено {passed} из {all}"),
    check_pass: "пройдено",
    check_fail: "не пройдено",
    check_presets: "Восемь пресетов",
    check_validations: "Неверные значения не проходят",
    check_triggers_artistic: "Слова-триггеры аватаров-стилей",
    check_triggers_portrait: "Слова-триггеры портретов",
    check_kinds: "Каждому виду аватара – своя модель",
    check_storage: "Хранилище возвращает то, что в него положили",
    about_title: "О Likeness",
    about_text: "Снимки с вами – по аватару, который вы \
         обучили. Их делает fal.ai, а хранит этот браузер.",
    about_version: "Версия",
    about_mode: "Режим",
    about_mode_demo: "Демо: снимки рисуются здесь",
    about_mode_live: "Рабочий: снимки делает fal.ai",
    about_engines: "Модели",
    about_private: "Аватары и снимки лежат в этом браузере. При каждом \
         запросе ваш текст, настройки и адрес или ID модели идут через сервер \
         студии на fal.ai; там они и снимки могут какое-то время храниться.",
    about_server: "Сервер",
    about_licence: "Лицензия",
    about_server_unknown: "Неизвестно: сервер не отвечает",
    not_found: "Здесь ничего нет",
    not_found_why: "Ссылка устарела, или в ней опечатка. Снимки на месте.",
    to_start: "К началу",

    kilobytes: "КБ",
    megabytes: "МБ",
    gigabytes: "ГБ",
    seconds_short: "с",
    preset_words: terms::preset,
    field_name: terms::field,
    field_hint: terms::field_hint,
    reason: terms::reason,
    limit_range: |min, max| format!("От {min} до {max}."),
    failure: terms::failure,
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
        _ => format!("{}\u{A0}мин", seconds / 60),
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

    fn plain(text: String) -> String {
        text.replace('\u{A0}', " ")
    }

    #[test]
    fn nouns_and_verbs_follow_the_number() {
        assert_eq!(plain((t.make)(1)), "Сделать 1 снимок");
        assert_eq!(plain((t.make)(4)), "Сделать 4 снимка");
        assert_eq!(plain((t.deleted)(21)), "Удалён 21 снимок");
        assert_eq!(plain((t.deleted)(11)), "Удалено 11 снимков");
        assert_eq!(plain((t.steps_more)(22)), "на 22 шага больше");
        assert_eq!(plain((t.steps_more)(-8)), "на 8 шагов меньше");
        assert_eq!(plain((t.baseline)(28, "1,0")), "28 шагов, сходство 1,0");
        assert_eq!(plain((t.prompt_count)(1)), "1 знак из 16 000");
        assert_eq!(plain((t.imported)(1)), "Добавлен 1 аватар.");
        assert!(plain((t.import_pins)(21)).starts_with("У 21 аватара "));
        assert_eq!((t.reasons)(2), "Сначала поправьте две вещи");
        assert_eq!(plain((t.reasons)(21)), "Сначала поправьте 21 вещь");
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
