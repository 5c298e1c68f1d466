"""Provinces and their cities: what the address review knows and what the seeds draw from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Province:
    """A first-level division of China.

    `code` is ISO 3166-2, `postcode_prefixes` the first two digits in use, `cities` the larger ones as (zh, en).
    Source: ISO 3166-2:CN; China Post's numbering by province.
    """

    code: str
    name_zh: str
    name_en: str
    postcode_prefixes: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]


def _cities(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.split("/") for pair in text.split())
    return tuple((zh, en.replace("_", " ")) for zh, en in pairs)


PROVINCES: tuple[Province, ...] = (
    Province("CN-BJ", "北京市", "Beijing", ("10",), _cities("北京市/Beijing")),
    Province("CN-TJ", "天津市", "Tianjin", ("30",), _cities("天津市/Tianjin")),
    Province(
        "CN-HE",
        "河北省",
        "Hebei",
        ("05", "06", "07"),
        _cities("石家庄市/Shijiazhuang 唐山市/Tangshan 保定市/Baoding 邯郸市/Handan 廊坊市/Langfang"),
    ),
    Province(
        "CN-SX",
        "山西省",
        "Shanxi",
        ("03", "04"),
        _cities("太原市/Taiyuan 大同市/Datong 长治市/Changzhi 临汾市/Linfen"),
    ),
    Province(
        "CN-NM",
        "内蒙古自治区",
        "Inner Mongolia",
        ("01", "02"),
        _cities("呼和浩特市/Hohhot 包头市/Baotou 鄂尔多斯市/Ordos 赤峰市/Chifeng"),
    ),
    Province(
        "CN-LN",
        "辽宁省",
        "Liaoning",
        ("11", "12"),
        _cities("沈阳市/Shenyang 大连市/Dalian 鞍山市/Anshan 锦州市/Jinzhou"),
    ),
    Province("CN-JL", "吉林省", "Jilin", ("13",), _cities("长春市/Changchun 吉林市/Jilin 四平市/Siping")),
    Province(
        "CN-HL",
        "黑龙江省",
        "Heilongjiang",
        ("15", "16"),
        _cities("哈尔滨市/Harbin 齐齐哈尔市/Qiqihar 大庆市/Daqing"),
    ),
    Province("CN-SH", "上海市", "Shanghai", ("20",), _cities("上海市/Shanghai")),
    Province(
        "CN-JS",
        "江苏省",
        "Jiangsu",
        ("21", "22"),
        _cities("南京市/Nanjing 苏州市/Suzhou 无锡市/Wuxi 常州市/Changzhou 南通市/Nantong 徐州市/Xuzhou"),
    ),
    Province(
        "CN-ZJ",
        "浙江省",
        "Zhejiang",
        ("31", "32"),
        _cities("杭州市/Hangzhou 宁波市/Ningbo 温州市/Wenzhou 嘉兴市/Jiaxing 金华市/Jinhua 绍兴市/Shaoxing"),
    ),
    Province(
        "CN-AH",
        "安徽省",
        "Anhui",
        ("23", "24"),
        _cities("合肥市/Hefei 芜湖市/Wuhu 蚌埠市/Bengbu 阜阳市/Fuyang"),
    ),
    Province(
        "CN-FJ",
        "福建省",
        "Fujian",
        ("35", "36"),
        _cities("福州市/Fuzhou 厦门市/Xiamen 泉州市/Quanzhou 漳州市/Zhangzhou"),
    ),
    Province(
        "CN-JX",
        "江西省",
        "Jiangxi",
        ("33", "34"),
        _cities("南昌市/Nanchang 赣州市/Ganzhou 九江市/Jiujiang 上饶市/Shangrao"),
    ),
    Province(
        "CN-SD",
        "山东省",
        "Shandong",
        ("25", "26", "27"),
        _cities("济南市/Jinan 青岛市/Qingdao 烟台市/Yantai 潍坊市/Weifang 临沂市/Linyi"),
    ),
    Province(
        "CN-HA",
        "河南省",
        "Henan",
        ("45", "46", "47"),
        _cities("郑州市/Zhengzhou 洛阳市/Luoyang 南阳市/Nanyang 新乡市/Xinxiang"),
    ),
    Province(
        "CN-HB",
        "湖北省",
        "Hubei",
        ("43", "44"),
        _cities("武汉市/Wuhan 宜昌市/Yichang 襄阳市/Xiangyang 荆州市/Jingzhou"),
    ),
    Province(
        "CN-HN",
        "湖南省",
        "Hunan",
        ("41", "42"),
        _cities("长沙市/Changsha 株洲市/Zhuzhou 衡阳市/Hengyang 岳阳市/Yueyang"),
    ),
    Province(
        "CN-GD",
        "广东省",
        "Guangdong",
        ("51", "52"),
        _cities("广州市/Guangzhou 深圳市/Shenzhen 东莞市/Dongguan 佛山市/Foshan 惠州市/Huizhou 中山市/Zhongshan"),
    ),
    Province(
        "CN-GX",
        "广西壮族自治区",
        "Guangxi",
        ("53", "54"),
        _cities("南宁市/Nanning 柳州市/Liuzhou 桂林市/Guilin"),
    ),
    Province("CN-HI", "海南省", "Hainan", ("57",), _cities("海口市/Haikou 三亚市/Sanya")),
    Province("CN-CQ", "重庆市", "Chongqing", ("40",), _cities("重庆市/Chongqing")),
    Province(
        "CN-SC",
        "四川省",
        "Sichuan",
        ("61", "62", "63", "64"),
        _cities("成都市/Chengdu 绵阳市/Mianyang 德阳市/Deyang 宜宾市/Yibin"),
    ),
    Province("CN-GZ", "贵州省", "Guizhou", ("55", "56"), _cities("贵阳市/Guiyang 遵义市/Zunyi")),
    Province("CN-YN", "云南省", "Yunnan", ("65", "66", "67"), _cities("昆明市/Kunming 曲靖市/Qujing 玉溪市/Yuxi")),
    Province("CN-XZ", "西藏自治区", "Xizang", ("85", "86"), _cities("拉萨市/Lhasa 日喀则市/Shigatse")),
    Province(
        "CN-SN",
        "陕西省",
        "Shaanxi",
        ("71", "72"),
        _cities("西安市/Xi'an 咸阳市/Xianyang 宝鸡市/Baoji 榆林市/Yulin"),
    ),
    Province("CN-GS", "甘肃省", "Gansu", ("73", "74"), _cities("兰州市/Lanzhou 天水市/Tianshui 酒泉市/Jiuquan")),
    Province("CN-QH", "青海省", "Qinghai", ("81",), _cities("西宁市/Xining 海东市/Haidong")),
    Province("CN-NX", "宁夏回族自治区", "Ningxia", ("75",), _cities("银川市/Yinchuan 吴忠市/Wuzhong")),
    Province(
        "CN-XJ",
        "新疆维吾尔自治区",
        "Xinjiang",
        ("83", "84"),
        _cities("乌鲁木齐市/Urumqi 喀什市/Kashgar 伊宁市/Yining"),
    ),
)

PROVINCE_BY_CODE = {province.code: province for province in PROVINCES}
_PROVINCE_OF_CITY = {zh: province.code for province in PROVINCES for zh, _ in province.cities}
_SPELLINGS = {
    name: province.code
    for province in PROVINCES
    for name in (
        province.code,
        province.name_zh,
        province.name_en,
        province.name_zh.rstrip("省市"),
        province.name_zh.removesuffix("自治区").removesuffix("壮族").removesuffix("回族").removesuffix("维吾尔"),
    )
}


def province_code(name: str) -> str | None:
    """The ISO code of a province written in any of its usual ways, or None if it is none of China's."""
    return _SPELLINGS.get(name.strip())


def province_of_city(city: str) -> str | None:
    """The province a known city lies in; None where the list doesn't know the city, which says nothing against it."""
    return _PROVINCE_OF_CITY.get(city.strip()) or _PROVINCE_OF_CITY.get(city.strip() + "市")
