"""Who works at the invented company: departments, people, their line and their roles."""

from __future__ import annotations

from dataclasses import dataclass

from db.viewer import Role

KEY = "lanhai"
NAME_ZH, NAME_EN = "澜海科技", "Lanhai Technology"
EMAIL_DOMAIN = "lanhai.example"


@dataclass(frozen=True, slots=True)
class Division:
    """One department."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Employee:
    """One person; `manager` is a staff number, `latin` the name in Latin letters when `name` is Chinese."""

    number: str
    name: str
    latin: str | None
    department: str
    manager: str | None
    job_title: str
    level: str
    roles: tuple[Role, ...] = ()

    @property
    def email(self) -> str:
        """Given name before family name, as in xiaowen.liu@…; Chinese names in Latin letters begin with the family."""
        words = (self.latin or self.name).lower().replace("ü", "v").split()
        return f"{'.'.join(reversed(words) if self.latin else words)}@{EMAIL_DOMAIN}"


DIVISIONS = (
    Division("RD", "研发部", "Research and Development"),
    Division("MKT", "市场部", "Marketing"),
    Division("OPS", "运营部", "Operations"),
    Division("HR", "人力资源部", "Human Resources"),
)

_M, _H, _C, _P, _A = Role.MANAGER, Role.HR, Role.COMMITTEE, Role.PMO, Role.ADMINISTRATOR

EMPLOYEES = (
    Employee("T1001", "周明轩", "Zhou Mingxuan", "HR", None, "总经理", "M4", (_M, _C)),
    Employee("T1002", "林思远", "Lin Siyuan", "RD", "T1001", "研发总监", "M3", (_M, _C)),
    Employee("T1003", "Grace Miller", None, "MKT", "T1009", "Brand Manager", "M1", (_M,)),
    Employee("T1004", "陈雨桐", "Chen Yutong", "OPS", "T1001", "运营总监", "M3", (_M, _C)),
    Employee("T1005", "王立国", "Wang Liguo", "RD", "T1002", "后端组主管", "M1", (_M,)),
    Employee("T1006", "刘晓雯", "Liu Xiaowen", "RD", "T1005", "后端工程师", "P5"),
    Employee("T1007", "赵一鸣", "Zhao Yiming", "RD", "T1005", "后端工程师", "P4"),
    Employee("T1008", "Daniel Reed", None, "RD", "T1005", "Site Reliability Engineer", "P6"),
    Employee("T1009", "孙佳宁", "Sun Jianing", "MKT", "T1001", "市场总监", "M3", (_M,)),
    Employee("T1010", "黄志强", "Huang Zhiqiang", "OPS", "T1001", "项目管理办公室负责人", "M2", (_P,)),
    Employee("T1011", "Emily Carter", None, "MKT", "T1003", "Content Designer", "P4"),
    Employee("T1012", "何静怡", "He Jingyi", "HR", "T1001", "人力资源经理", "M2", (_H, _M)),
    Employee("T1013", "郑伟东", "Zheng Weidong", "HR", "T1012", "绩效与薪酬专员", "P5", (_H,)),
    Employee("T1014", "许可欣", "Xu Kexin", "OPS", "T1004", "系统管理员", "P5", (_A,)),
    Employee("T1015", "冯子涵", "Feng Zihan", "RD", "T1002", "前端组主管", "M1", (_M,)),
    Employee("T1016", "曹雪莹", "Cao Xueying", "RD", "T1015", "前端工程师", "P5"),
    Employee("T1017", "彭浩然", "Peng Haoran", "RD", "T1015", "前端工程师", "P4"),
    Employee("T1018", "Sofia Bennett", None, "RD", "T1015", "Product Designer", "P5"),
    Employee("T1019", "罗天佑", "Luo Tianyou", "RD", "T1002", "测试组主管", "M1", (_M,)),
    Employee("T1020", "唐婉清", "Tang Wanqing", "RD", "T1019", "测试工程师", "P5"),
    Employee("T1021", "韩东升", "Han Dongsheng", "RD", "T1019", "测试工程师", "P4"),
    Employee("T1022", "Oliver Grant", None, "RD", "T1019", "Performance Tester", "P5"),
    Employee("T1023", "沈若曦", "Shen Ruoxi", "RD", "T1005", "数据工程师", "P5"),
    Employee("T1024", "蒋文博", "Jiang Wenbo", "RD", "T1005", "后端工程师", "P6"),
    Employee("T1025", "Hannah Brooks", None, "MKT", "T1003", "Campaign Specialist", "P4"),
    Employee("T1026", "魏思琪", "Wei Siqi", "MKT", "T1003", "品牌策划", "P4"),
    Employee("T1027", "吕建国", "Lü Jianguo", "MKT", "T1009", "渠道主管", "M1", (_M,)),
    Employee("T1028", "丁慧敏", "Ding Huimin", "MKT", "T1027", "渠道经理", "P5"),
    Employee("T1029", "Lucas Turner", None, "MKT", "T1027", "Partner Manager", "P5"),
    Employee("T1030", "任嘉怡", "Ren Jiayi", "MKT", "T1027", "渠道专员", "P3"),
    Employee("T1031", "姚志远", "Yao Zhiyuan", "OPS", "T1004", "客户服务主管", "M1", (_M,)),
    Employee("T1032", "卢晓峰", "Lu Xiaofeng", "OPS", "T1031", "客户服务专员", "P3"),
    Employee("T1033", "Chloe Foster", None, "OPS", "T1031", "Customer Success Specialist", "P4"),
    Employee("T1034", "傅雅琴", "Fu Yaqin", "OPS", "T1031", "客户服务专员", "P3"),
    Employee("T1035", "钟国梁", "Zhong Guoliang", "OPS", "T1004", "采购主管", "M1", (_M,)),
    Employee("T1036", "潘俊杰", "Pan Junjie", "OPS", "T1035", "采购专员", "P4"),
    Employee("T1037", "田梦瑶", "Tian Mengyao", "OPS", "T1035", "仓储专员", "P3"),
    Employee("T1038", "Ethan Cole", None, "OPS", "T1010", "Project Coordinator", "P4", (_P,)),
    Employee("T1039", "范诗雨", "Fan Shiyu", "HR", "T1012", "招聘专员", "P4"),
    Employee("T1040", "石磊", "Shi Lei", "HR", "T1012", "培训专员", "P4"),
)
"""T1010 leads T1038 without the manager's role: projects are theirs to follow, reviews are not."""
